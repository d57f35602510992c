//! Overrides: patches of the user that are laid over rendered objects. Applied before anything looks at an object, so that
//! files, pod templates and digests are those of the result. Total: what cannot be applied, or would give an object another
//! name, leaves it as it is; the rules about overrides refused it, and a lock may hold anything.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Resource;
use super::resource::Strings;
use crate::cluster::Cluster;
use crate::kubernetes::schema::Schema;
use crate::kubernetes::strategic_merge::merged;

/// An object that an override has changed. It may hold fields of a Kubernetes that is newer than our types.
#[derive(Clone, Debug)]
pub struct Overridden {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) strings: Strings,
    pub(super) metadata: ObjectMeta,
    /// Everything but `apiVersion`, `kind` and `metadata`.
    pub(super) rest: Map<String, Value>,
}

impl Overridden {
    /// The pod template, if it is a StatefulSet.
    pub(crate) fn pod_template(&self) -> Option<&Value> {
        self.rest.get("spec")?.get("template").filter(|_| self.kind == "StatefulSet")
    }
}

/// In the order of all other objects: `apiVersion` and `kind`, then every field by its name.
impl Serialize for Overridden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("apiVersion", self.api_version)?;
        map.serialize_entry("kind", self.kind)?;
        let mut metadata = Some(&self.metadata);
        for (key, value) in &self.rest {
            if let Some(metadata) = metadata.take_if(|_| key.as_str() > "metadata") {
                map.serialize_entry("metadata", metadata)?;
            }
            map.serialize_entry(key, value)?;
        }
        if let Some(metadata) = metadata {
            map.serialize_entry("metadata", metadata)?;
        }
        map.end()
    }
}

/// The object with its overrides.
pub(super) fn overridden(cluster: &Cluster, resource: Resource) -> Resource {
    let (api_version, kind) = resource.kind();
    let name = resource.metadata().name.as_deref().unwrap_or_default();
    let mut patches = cluster.overrides.of(kind, name).peekable();
    let schema = patches.peek().and_then(|_| Schema::of_kind(cluster.kubernetes, api_version, kind));
    let Some(schema) = schema else { return resource };
    let before = serde_json::to_value(&resource).expect("an object is JSON");
    let after = patches.fold(before.clone(), |object, patch| merged(&object, patch, schema).unwrap_or(object));
    if after == before {
        return resource;
    }
    taken_apart(&resource, after).map_or(resource, |it| Resource::Overridden(Box::new(it)))
}

/// The parts of an object; `None` if it is another object by now.
fn taken_apart(resource: &Resource, object: Value) -> Option<Overridden> {
    let (api_version, kind) = resource.kind();
    let Value::Object(mut rest) = object else { return None };
    let is_same = rest.remove("apiVersion")? == api_version && rest.remove("kind")? == kind;
    let metadata = ObjectMeta::deserialize(rest.remove("metadata")?).ok()?;
    let was = resource.metadata();
    let is_same = is_same && (&metadata.name, &metadata.namespace) == (&was.name, &was.namespace);
    is_same.then(|| Overridden { api_version, kind, strings: resource.strings(), metadata, rest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::fixtures::checked;
    use crate::render::objects;
    use crate::resolve::resolve;
    use crate::yaml;

    /// Otherwise an override of `spec.minReadySeconds` would restart pods.
    #[test]
    fn an_object_is_written_in_the_same_order_whether_it_is_overridden_or_not() {
        let cluster = resolve(&checked(include_str!("../../golden/topologies/everything.yaml")), None);
        let text = |resource: &Resource| yaml::to_string(resource).expect("it can be written");
        for kube_cluster in cluster.kube_clusters() {
            for object in objects(&cluster, kube_cluster) {
                let value = serde_json::to_value(&object.resource).expect("an object is JSON");
                let apart = taken_apart(&object.resource, value).expect("it is the same object");
                assert_eq!(text(&Resource::Overridden(Box::new(apart))), text(&object.resource));
            }
        }
    }
}
