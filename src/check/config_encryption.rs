//! Encryption that is switched on without what it needs: refused by Cassandra when it starts. Called by the rule about
//! combinations. Whether a keystore is in its place, and whether its password is right, cannot be seen from here.

use cassc_ring::release::Minor;

use super::config_refusal::Refusal;
use super::settings::{Setting, Settings, is, is_on};

/// Every encryption without a key.
pub(super) fn without_key(settings: &Settings, minor: Minor) -> Vec<Refusal<'_>> {
    let sides = ["client_encryption_options", "server_encryption_options"];
    let transport = sides.into_iter().filter_map(|side| without_password(settings, side, minor));
    data_without_provider(settings).into_iter().chain(transport).collect()
}

/// Refused by 3.11.19, 4.0.19, 4.1.10, 5.0.9.
fn data_without_provider(settings: &Settings) -> Option<Refusal<'_>> {
    let of = |name: &str| settings.get(&format!("transparent_data_encryption_options.{name}"));
    let enabled = of("enabled").filter(|it| is_on(Some(it)))?;
    let provider = of("key_provider").filter(|it| !it.value.is_null()).or_else(|| of("key_provider.class_name"));
    provider.is_none().then(|| {
        let message = "data is to be encrypted, but no `key_provider` says where the keys are";
        Refusal::new(message, &[enabled]).help("name a `key_provider`, or remove the encryption")
    })
}

/// Since 4.1 the password of the keystore has no default (`FileBasedSslContextFactory`); factories of another kind may do
/// without. Refused by 4.1.10, 5.0.9.
fn without_password<'s>(settings: &'s Settings, side: &str, minor: Minor) -> Option<Refusal<'s>> {
    let of = |name: &str| settings.get(&format!("{side}.{name}"));
    let encrypts = match of("internode_encryption") {
        Some(encryption) => Some(encryption).filter(|it| !is(Some(it), "none")),
        // Between nodes it is `internode_encryption` that says so, and `enabled` says nothing.
        None => of("enabled").filter(|it| is_on(Some(it)) && side.starts_with("client")),
    };
    let switch: &Setting = encrypts.or_else(|| of("optional").filter(|it| is_on(Some(it))))?;
    let factory = of("ssl_context_factory").or_else(|| of("ssl_context_factory.class_name"));
    let password = of("keystore_password").filter(|it| !it.value.is_null());
    (minor >= Minor::V4_1 && factory.is_none() && password.is_none()).then(|| {
        let message = format!("`{side}` are switched on without a `keystore_password`");
        Refusal::new(message, &[switch]).help("add the password of the keystore, which has no default since 4.1")
    })
}
