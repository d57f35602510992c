//! Secrets: whether they are complete, what is in them when somebody needs it, and new ones.

use std::collections::BTreeMap;

use cassc_settle::cluster::{Answer, Failure};
use cassc_settle::observed;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::failure::{act, read};
use super::{Kubernetes, written};
use crate::management::Login;
use crate::random;

/// What of a Secret is judged.
pub(super) fn secret(found: &Secret) -> observed::Secret {
    let metadata = &found.metadata;
    let (uid, version) = (metadata.uid.as_deref(), metadata.resource_version.as_deref());
    observed::Secret {
        version: format!("{}/{}", uid.unwrap_or_default(), version.unwrap_or_default()),
        is_complete: login(found).is_some(),
    }
}

/// The login that a Secret holds; `None` where a part of it is missing or no text.
fn login(found: &Secret) -> Option<Login> {
    let text = |key: &str| {
        let bytes = &found.data.as_ref()?.get(key)?.0;
        String::from_utf8(bytes.clone()).ok().filter(|text| !text.is_empty())
    };
    Some(Login { username: text("username")?, password: text("password")? })
}

impl Kubernetes {
    /// The login that a Secret of the home namespace holds.
    pub(crate) async fn login(&self, name: &str) -> Answer<Login> {
        let found = read(self.api::<Secret>(&self.home).get(name)).await?;
        let incomplete = || Failure::Refused {
            status: 422,
            text: format!("the Secret {name} needs the keys `username` and `password`, as text"),
        };
        login(&found).ok_or_else(incomplete)
    }

    /// Creates a Secret with a random password.
    pub(crate) async fn create_secret(&self, name: &str, username: &str) -> Answer<()> {
        let password = random::password().map_err(|error| Failure::Unknown(format!("no randomness: {error}")))?;
        let value = |text: &str| ByteString(text.as_bytes().to_vec());
        let data = [("username", value(username)), ("password", value(&password))];
        let secret = Secret {
            metadata: ObjectMeta { name: Some(name.to_owned()), labels: Some(Self::labels()), ..ObjectMeta::default() },
            type_: Some("Opaque".to_owned()),
            data: Some(BTreeMap::from(data.map(|(key, value)| (key.to_owned(), value)))),
            ..Secret::default()
        };
        let created = act(self.api::<Secret>(&self.home).create(&written(), &secret)).await?;
        self.remember("Secret", &self.home, name, created.metadata.uid.as_deref().unwrap_or_default());
        Ok(())
    }
}
