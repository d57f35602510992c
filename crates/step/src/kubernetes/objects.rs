//! Everything of the cluster that Kubernetes knows, in all namespaces that the desired ring names for this Kubernetes cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use cassc_ring::{Ring, names};
use cassc_settle::cluster::{Answer, Failure, Objects};
use cassc_settle::observed::{Leftover, Pod, Secret};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{self, ConfigMap, PersistentVolumeClaim};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::api::ListParams;
use serde::de::DeserializeOwned;

use super::claims::{claim, ordinal};
use super::failure::read;
use super::leftovers::{configurations, jobs, of_revision};
use super::pods::{config_maps, pod};
use super::secrets::secret;
use super::sets::set;
use super::{CLUSTER_LABEL, Kubernetes};
use crate::clock;

impl Kubernetes {
    /// StatefulSets, pods, claims, Secrets and leftovers.
    pub(crate) async fn objects(&self) -> Answer<Objects> {
        let ring = self.ring().await?;
        let mut objects = Objects::default();
        for namespace in self.namespaces(&ring) {
            self.add(&namespace, &ring, &mut objects).await?;
        }
        let roles = ring.steps.iter().flat_map(|steps| &steps.roles).map(|role| role.secret.as_str());
        let reaper = ring.steps.iter().flat_map(|steps| &steps.reaper);
        let reaper = reaper.flat_map(|it| [Some(&it.ui_secret), Some(&it.token_secret), it.role_secret.as_ref()]);
        let reaper = reaper.flatten().map(String::as_str);
        for name in roles.chain(reaper).chain([ring.superuser_secret.as_str()]).collect::<BTreeSet<_>>() {
            objects.secrets.extend(self.secret(name).await?.map(|it| (name.to_owned(), it)));
        }
        Ok(objects)
    }

    /// The desired ring.
    pub(crate) async fn ring(&self) -> Answer<Ring> {
        let text = self.desired().await?.ring;
        let unreadable =
            |error: serde_json::Error| Failure::Refused { status: 422, text: format!("ring.json: {error}") };
        serde_json::from_str(&text).map_err(unreadable)
    }

    /// The namespaces of the datacenters that run here, and the one of the program.
    pub(super) fn namespaces(&self, ring: &Ring) -> BTreeSet<String> {
        namespaces(ring, self.kube_cluster.as_deref(), &self.home)
    }

    /// Adds what is in a namespace.
    async fn add(&self, namespace: &str, ring: &Ring, objects: &mut Objects) -> Answer<()> {
        let label = names::label_value(&ring.cluster_name);
        let mut sets: Vec<StatefulSet> = self.list(namespace, &label).await?;
        sets.retain(|set| is_of_cluster(&self.cluster, name(&set.metadata)));
        let pods: Vec<v1::Pod> = self.list(namespace, &label).await?;
        let claims: Vec<PersistentVolumeClaim> = self.list(namespace, &label).await?;

        let owned = pods.iter().filter_map(|found| owned(found, &sets)).collect::<BTreeMap<String, Pod>>();
        for found in &claims {
            let judged = claim(found, &sets, &self.seen.borrow().fixed);
            if let Some(claim) = judged {
                self.remember("PersistentVolumeClaim", namespace, name(&found.metadata), &claim.uid);
                once(objects.claims.insert(name(&found.metadata).to_owned(), claim).as_ref(), name(&found.metadata))?;
            }
        }
        objects.leftovers.extend(self.leftovers(namespace, &label, &sets, &owned).await?);
        for (name, pod) in owned {
            self.remember("Pod", namespace, &name, &pod.uid);
            once(objects.pods.insert(name.clone(), pod).as_ref(), &name)?;
        }
        for found in &sets {
            let (name, set) = (name(&found.metadata), set(found));
            self.remember("StatefulSet", namespace, name, &set.uid);
            once(objects.sets.insert(name.to_owned(), set).as_ref(), name)?;
        }
        Ok(())
    }

    /// The objects of a kind that carry the label of the cluster. Every StatefulSet selects its pods by it, so no template
    /// can be without.
    pub(super) async fn list<K>(&self, namespace: &str, label: &str) -> Answer<Vec<K>>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let selected = ListParams::default().labels(&format!("{CLUSTER_LABEL}={label}"));
        Ok(read(self.api::<K>(namespace).list(&selected)).await?.items)
    }

    /// ConfigMaps and Jobs that may have to go.
    async fn leftovers(
        &self,
        namespace: &str,
        label: &str,
        sets: &[StatefulSet],
        pods: &BTreeMap<String, Pod>,
    ) -> Answer<Vec<Leftover>> {
        let selected = ListParams::default().labels(&format!("{CLUSTER_LABEL}={label}"));
        let found = read(self.api::<ConfigMap>(namespace).list_metadata(&selected)).await?.items;
        let found: Vec<ObjectMeta> = found.into_iter().map(|it| it.metadata).collect();
        let templates = sets.iter().filter_map(|set| set.spec.as_ref()?.template.spec.as_ref());
        let mut used: BTreeSet<String> = templates.flat_map(config_maps).collect();
        used.extend(pods.values().flat_map(|pod| pod.config_maps.iter().cloned()));
        let mut leftovers = configurations(&self.cluster, &found, &used, clock::now());
        // The revisions are large: they are read only when something would go.
        if leftovers.iter().any(|leftover| !leftover.is_in_use) {
            for revision in self.list::<ControllerRevision>(namespace, label).await? {
                let Some(of_revision) = of_revision(&revision) else {
                    leftovers.clear();
                    break;
                };
                leftovers.iter_mut().filter(|it| of_revision.contains(&it.name)).for_each(|it| it.is_in_use = true);
            }
        }
        // The program runs at home alone, and may look at Jobs nowhere else.
        if namespace == self.home {
            leftovers.extend(jobs(&self.cluster, &self.list::<Job>(namespace, label).await?));
        }
        for leftover in &leftovers {
            self.remember(leftover.kind, namespace, &leftover.name, &leftover.uid);
        }
        Ok(leftovers)
    }

    /// A Secret of the home namespace, without its values; `None` where there is none.
    async fn secret(&self, name: &str) -> Answer<Option<Secret>> {
        match read(self.api::<v1::Secret>(&self.home).get(name)).await {
            Ok(found) => {
                self.remember("Secret", &self.home, name, found.metadata.uid.as_deref().unwrap_or_default());
                Ok(Some(secret(&found)))
            }
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

fn namespaces(ring: &Ring, kube_cluster: Option<&str>, home: &str) -> BTreeSet<String> {
    let here = ring.datacenters.iter().filter(|datacenter| datacenter.kube_cluster.as_deref() == kube_cluster);
    here.filter_map(|datacenter| datacenter.namespace.clone()).chain([home.to_owned()]).collect()
}

/// A pod that one of these StatefulSets owns, with its name. One whose owner has the name of a StatefulSet but another UID was
/// made by one that is gone: it may still run, and Kubernetes is about to delete it.
pub(super) fn owned(found: &v1::Pod, sets: &[StatefulSet]) -> Option<(String, Pod)> {
    let owners = found.metadata.owner_references.iter().flatten();
    let mut controllers = owners.filter(|it| it.controller == Some(true) && it.kind == "StatefulSet");
    let owner = controllers.next()?;
    let set = sets.iter().find(|set| name(&set.metadata) == owner.name)?;
    let ordinal = ordinal(name(&found.metadata), &owner.name)?;
    let mut pod = pod(found, &owner.name, ordinal);
    pod.is_deleting |= set.metadata.uid.as_deref() != Some(owner.uid.as_str());
    Some((name(&found.metadata).to_owned(), pod))
}

/// Whether a StatefulSet has the name of one of the cluster's.
pub(super) fn is_of_cluster(cluster: &str, set: &str) -> bool {
    set.strip_prefix(cluster).is_some_and(|rest| rest.starts_with('-'))
}

pub(super) fn name(metadata: &ObjectMeta) -> &str {
    metadata.name.as_deref().unwrap_or_default()
}

/// Names are unique over the namespaces of a cluster; where they are not, nothing is done.
fn once<T>(before: Option<&T>, name: &str) -> Answer<()> {
    match before {
        None => Ok(()),
        Some(_) => Err(Failure::Refused { status: 409, text: format!("{name} is in two namespaces of the cluster") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read<T: DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).expect("an object")
    }

    #[test]
    fn a_pod_is_of_the_set_that_owns_it_whatever_its_labels_say() {
        let sets: [StatefulSet; 2] = ["shop-dc1-r1-sts", "shop-dc1-r1-sts-1"]
            .map(|name| read(json!({"metadata": {"name": name, "uid": format!("uid of {name}")}})));
        let owner = |kind: &str, name: &str, uid: &str, controller: bool| json!([{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": controller}]);
        let pod = |name: &str, owners: Value| -> Option<(u32, bool)> {
            let found = owned(&read(json!({"metadata": {"name": name, "ownerReferences": owners}})), &sets);
            found.map(|(_, pod)| (pod.ordinal, pod.is_deleting))
        };
        let (first, uid) = ("shop-dc1-r1-sts", "uid of shop-dc1-r1-sts");
        assert_eq!(pod("shop-dc1-r1-sts-11", owner("StatefulSet", first, uid, true)), Some((11, false)));
        // Its set was deleted and made again: it may run, and is about to go.
        assert_eq!(pod("shop-dc1-r1-sts-0", owner("StatefulSet", first, "another", true)), Some((0, true)));
        assert_eq!(pod("shop-dc1-r1-sts-0", owner("StatefulSet", first, uid, false)), None);
        assert_eq!(pod("shop-dc1-r1-sts-0", owner("ReplicaSet", first, uid, true)), None);
        assert_eq!(pod("shop-dc1-r1-sts-0", json!([])), None);
        assert_eq!(pod("shop-dc1-r1-sts-x", owner("StatefulSet", first, uid, true)), None);
    }

    #[test]
    fn only_the_namespaces_of_this_kubernetes_cluster_are_looked_at() {
        let datacenter = |name: &str, kube: Option<&str>, namespace: Option<&str>| json!({"name": name, "ringName": name, "kubeCluster": kube, "namespace": namespace, "racks": []});
        let ring = json!({
            "format": 1, "clusterName": "shop", "version": "4.1.9", "systemReplication": 3,
            "superuserSecret": "s", "rollout": {"stopped": false},
            "datacenters": [
                datacenter("dc1", Some("east"), None), datacenter("dc2", Some("east"), Some("two")),
                datacenter("dc3", Some("west"), Some("three")), datacenter("dc4", None, Some("four")),
            ],
        });
        let ring: Ring = read(ring);
        let found = |kube| namespaces(&ring, kube, "home").into_iter().collect::<Vec<_>>();
        assert_eq!(found(Some("east")), ["home", "two"]);
        assert_eq!(found(Some("west")), ["home", "three"]);
        assert_eq!(found(None), ["four", "home"]);
    }

    #[test]
    fn one_name_in_two_namespaces_stops_everything() {
        assert_eq!(once(None::<&()>, "p-0"), Ok(()));
        let text = "p-0 is in two namespaces of the cluster".to_owned();
        assert_eq!(once(Some(&()), "p-0"), Err(Failure::Refused { status: 409, text }));
    }
}
