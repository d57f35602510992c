//! Encryption that is enabled without its key, password or stores: Cassandra does not start. Called by the rule about
//! combinations. Whether the keystore exists and its password is right is not visible in the topology.

use cassc_ring::release::Minor;

use super::config_paths::is_encrypted;
use super::config_refusal::Refusal;
use super::settings::{Setting, Settings, is, is_on};
use crate::topology::merge::NestedRack;

/// All enabled encryptions without a key provider, a keystore password or a store.
pub(super) fn without_key<'s>(place: &NestedRack<'_>, settings: &'s Settings, minor: Minor) -> Vec<Refusal<'s>> {
    let sides = ["client_encryption_options", "server_encryption_options"];
    let transport = sides.into_iter().filter_map(|side| {
        let without_store = || without_store(place, settings, side, minor);
        without_password(settings, side, minor).or_else(without_store)
    });
    data_without_provider(settings).into_iter().chain(transport).collect()
}

/// The default stores, `conf/.keystore` and `conf/.truststore`, are not in the published image, and no volume can bring them:
/// the gate writes that folder. Refused by 3.11.19, 4.0.19, 4.1.10, 5.0.9, which do not find the file.
fn without_store<'s>(place: &NestedRack<'_>, settings: &'s Settings, side: &str, minor: Minor) -> Option<Refusal<'s>> {
    let of = |name: &str| settings.get(&format!("{side}.{name}")).filter(|it| !it.value.is_null());
    let factory = of("ssl_context_factory").or_else(|| of("ssl_context_factory.class_name"));
    if !is_encrypted(settings, side, minor) || factory.is_some() || place.spec.cassandra.image.is_some() {
        return None;
    }
    let demands = of("require_client_auth").is_some_and(|it| is_on(Some(it)) || is(Some(it), "optional"));
    let stores = [("keystore", true), ("truststore", demands || side == "server_encryption_options")];
    let (missing, _) = stores.into_iter().find(|(store, is_needed)| *is_needed && of(store).is_none())?;
    let switch = of("internode_encryption").or_else(|| of("enabled")).or_else(|| of("optional"))?;
    let message = format!("`{side}` is enabled without a `{missing}`; the image has no `conf/.{missing}`");
    Some(Refusal::new(message, &[switch]).help(format!("add `{missing}`, a path in an additional volume")))
}

/// Refused by 3.11.19, 4.0.19, 4.1.10, 5.0.9.
fn data_without_provider(settings: &Settings) -> Option<Refusal<'_>> {
    let of = |name: &str| settings.get(&format!("transparent_data_encryption_options.{name}"));
    let enabled = of("enabled").filter(|it| is_on(Some(it)))?;
    let provider = of("key_provider").filter(|it| !it.value.is_null()).or_else(|| of("key_provider.class_name"));
    provider.is_none().then(|| {
        let message = "`transparent_data_encryption_options` is enabled without a `key_provider`";
        Refusal::new(message, &[enabled]).help("add `key_provider`, or disable the encryption")
    })
}

/// Since 4.1 the password of the keystore has no default (`FileBasedSslContextFactory`); other factories may not need one.
/// Refused by 4.1.10, 5.0.9.
fn without_password<'s>(settings: &'s Settings, side: &str, minor: Minor) -> Option<Refusal<'s>> {
    let of = |name: &str| settings.get(&format!("{side}.{name}"));
    let encrypts = match of("internode_encryption") {
        Some(encryption) => Some(encryption).filter(|it| !is(Some(it), "none")),
        // Between nodes only `internode_encryption` counts, and `enabled` has no effect.
        None => of("enabled").filter(|it| is_on(Some(it)) && side.starts_with("client")),
    };
    let switch: &Setting = encrypts.or_else(|| of("optional").filter(|it| is_on(Some(it))))?;
    let factory = of("ssl_context_factory").or_else(|| of("ssl_context_factory.class_name"));
    let password = of("keystore_password").filter(|it| !it.value.is_null());
    (minor >= Minor::V4_1 && factory.is_none() && password.is_none()).then(|| {
        let message = format!("`{side}` is enabled without a `keystore_password`");
        Refusal::new(message, &[switch]).help("add `keystore_password`; since 4.1 it has no default")
    })
}
