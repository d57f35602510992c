//! Patches of rendered objects.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The kinds of objects that cassc renders.
pub const OVERRIDDEN_KINDS: [&str; 13] = [
    "ConfigMap",
    "CronJob",
    "Deployment",
    "EndpointSlice",
    "Job",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "Role",
    "RoleBinding",
    "Service",
    "ServiceAccount",
    "StatefulSet",
];

/// The most overrides of a cluster. Each is applied to every rack.
pub(crate) const MOST_OVERRIDES: usize = 50;
/// How long all patches of a cluster may be together, as JSON, in bytes.
pub(crate) const LONGEST_PATCHES: usize = 32 * 1024;

/// How long a patch is, as JSON, in bytes.
pub(crate) fn length(patch: &Map<String, Value>) -> usize {
    serde_json::to_string(patch).map_or(usize::MAX, |text| text.len())
}

/// A patch of rendered objects: the last resort, for what no field offers. cassc does not check what it does.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Override {
    /// The kind of the objects, such as `StatefulSet`.
    #[schemars(extend("enum" = OVERRIDDEN_KINDS))]
    pub kind: String,
    /// The name of the object. Write either `name` or `all: true`.
    pub name: Option<String>,
    /// `true` for all objects of the kind. An override of one object by its name is applied after it.
    #[serde(default)]
    pub all: bool,
    /// A strategic merge patch, as `kubectl patch` and kustomize take it: maps merge, `null` deletes, and lists with a merge
    /// key (containers and volumes by `name`, mounts by `mountPath`, ports by number) merge element by element. `$patch: delete`
    /// deletes an element, `$patch: replace` replaces a list or a map. The result must be valid in the Kubernetes version of
    /// the topology. What identifies objects, selects pods or protects the data cannot be changed.
    pub patch: Map<String, Value>,
}
