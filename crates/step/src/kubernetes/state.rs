//! The state: one ConfigMap in the home namespace. Of its keys those that a pod's gate reads are also in a ConfigMap of the
//! same name in every other namespace of the cluster, for a pod can only mount what is in its own.

use std::collections::BTreeMap;

use cassc_ring::names;
use cassc_ring::state::Key;
use cassc_settle::cluster::{Answer, Failure, Stored};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::failure::{act, read};
use super::{Kubernetes, WRITER, written};

/// How recently the Lease must have been renewed for the copies to be put right, in seconds.
const RECENT: u64 = 20;

/// Keys and values of a ConfigMap.
type Data = BTreeMap<String, String>;

impl Kubernetes {
    /// The state as it is stored. Where this process has the Lease, copies that are behind are put right; where that fails, the
    /// call does, so that nothing is done while a gate reads something old.
    pub(crate) async fn state(&self) -> Answer<Stored> {
        let stored = self.stored().await?;
        if self.lease_age() <= RECENT && stored.version.is_some() {
            self.copy(&stored.data).await?;
        }
        Ok(stored)
    }

    /// The state as it is stored, for whoever only looks.
    pub(crate) async fn stored(&self) -> Answer<Stored> {
        match read(self.api::<ConfigMap>(&self.home).get(&names::state(&self.cluster))).await {
            Err(Failure::NotFound) => Ok(Stored::default()),
            Err(failure) => Err(failure),
            Ok(found) => Ok(self.as_stored(found)),
        }
    }

    /// Writes all keys over the version that was read, and the copies afterwards.
    pub(crate) async fn write_state(&self, state: &Stored) -> Answer<Stored> {
        let maps = self.api::<ConfigMap>(&self.home);
        let name = names::state(&self.cluster);
        let written = match &state.version {
            None => act(maps.create(&written(), &Self::config_map(&name, state.data.clone()))).await?,
            Some(version) => {
                let found = read(maps.get(&name)).await?;
                if found.metadata.resource_version.as_ref() != Some(version) {
                    return Err(Failure::Conflict);
                }
                let replacement = ConfigMap { data: Some(state.data.clone()), ..found };
                act(maps.replace(&name, &written(), &replacement)).await?
            }
        };
        self.copy(&state.data).await?;
        Ok(self.as_stored(written))
    }

    fn as_stored(&self, found: ConfigMap) -> Stored {
        let uid = found.metadata.uid.as_deref().unwrap_or_default();
        self.remember("ConfigMap", &self.home, found.metadata.name.as_deref().unwrap_or_default(), uid);
        Stored { data: found.data.unwrap_or_default(), version: found.metadata.resource_version }
    }

    /// Makes the copies as they should be.
    async fn copy(&self, data: &Data) -> Answer<()> {
        let namespaces = self.namespaces(&self.ring().await?);
        let kept = of_gate(data);
        for namespace in namespaces.into_iter().filter(|namespace| *namespace != self.home) {
            self.copy_to(&namespace, &kept).await?;
        }
        Ok(())
    }

    async fn copy_to(&self, namespace: &str, kept: &Data) -> Answer<()> {
        let maps = self.api::<ConfigMap>(namespace);
        let name = names::state(&self.cluster);
        match read(maps.get(&name)).await {
            Err(Failure::NotFound) => {
                act(maps.create(&written(), &Self::config_map(&name, kept.clone()))).await?;
            }
            Err(failure) => return Err(failure),
            Ok(found) if found.data.as_ref().unwrap_or(&Data::new()) == kept => {}
            Ok(found) => {
                let replacement = ConfigMap { data: Some(kept.clone()), ..found };
                act(maps.replace(&name, &written(), &replacement)).await?;
            }
        }
        Ok(())
    }

    fn config_map(name: &str, data: Data) -> ConfigMap {
        let metadata =
            ObjectMeta { name: Some(name.to_owned()), labels: Some(Self::labels()), ..ObjectMeta::default() };
        ConfigMap { metadata, data: Some(data), ..ConfigMap::default() }
    }

    /// The labels of what this program makes. Not `app.kubernetes.io/instance`: Argo CD takes that for its own.
    pub(super) fn labels() -> Data {
        BTreeMap::from([("app.kubernetes.io/managed-by".to_owned(), WRITER.to_owned())])
    }
}

/// The keys that gates read.
fn of_gate(data: &Data) -> Data {
    let is_read = |key: &str| {
        Key::OF_GATE.iter().any(|kind| match kind {
            Key::Founded => key == kind.of(""),
            _ => key.starts_with(&kind.of("")),
        })
    };
    data.iter().filter(|(key, _)| is_read(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_gates_read_is_copied() {
        let keys =
            ["founded", "foundedly", "host-id.p-0", "bootstrapped.p-0", "replace.p-0", "left.p-0", "settle.json"];
        let data = keys.iter().map(|key| ((*key).to_owned(), "x".to_owned())).collect();
        let copied = of_gate(&data).into_keys().collect::<Vec<_>>();
        assert_eq!(copied, ["bootstrapped.p-0", "founded", "host-id.p-0", "replace.p-0"]);
    }
}
