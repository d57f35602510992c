//! Rolling restarts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rolling restarts. Applying the manifests restarts no pod (`updateStrategy: OnDelete`). The plan lists the pods to restart,
/// one at a time, in the order of datacenters and racks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Rollout {
    /// Any text, such as a date. A new text restarts all pods of the cluster once. `restart` of a datacenter or a rack restarts
    /// only its pods. Removing it restarts nothing.
    pub restart: Option<String>,
    /// Restarts only a few pods at first.
    pub canary: Option<Canary>,
    /// Pauses the rolling restart: pods that have restarted stay as they are, and no other pod restarts until this is `false`
    /// again. Defaults to `false`.
    #[serde(default)]
    pub stopped: bool,
    /// Any text. With `steps`, a new text has the program try again what failed for good, such as a decommission.
    pub retry: Option<String>,
}

/// Pods that restart before all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Canary {
    /// The number of pods, the first in the order of the rolling restart, at least 1. The others wait until `canary` is removed.
    pub pods: u32,
}

/// The longest token, in bytes: enough for a sentence; annotations are small.
pub(crate) const LONGEST_TOKEN: usize = 200;

/// Whether a text is a token, `restart` or `retry`: not blank, on one line.
pub(crate) fn is_token(token: &str) -> bool {
    !token.trim().is_empty() && token.len() <= LONGEST_TOKEN && !token.contains(char::is_control)
}
