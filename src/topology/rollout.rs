//! What a user may write about restarting pods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How pods are restarted when their template changed. Who applies the manifests restarts nothing; the roll does, pod
/// by pod and rack by rack, in the order of datacenters and racks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Rollout {
    /// Any text. A new one restarts every pod of the cluster once; `restart` of a datacenter or a rack restarts its
    /// pods alone. Removing it restarts nothing.
    pub restart: Option<String>,
    /// A few pods first.
    pub canary: Option<Canary>,
    /// Lets no pod restart until it is removed, or `false` again: whatever was rolled stays, the rest waits.
    #[serde(default)]
    pub stopped: bool,
    /// Any text. A new one has the steps run again that ended with a failure.
    pub retry: Option<String>,
}

/// A few pods that restart before the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Canary {
    /// How many pods, the first in the order of the roll. The roll then waits until `canary` is removed.
    pub pods: u32,
}

/// The longest token, in bytes: enough for a sentence; annotations are small.
pub(crate) const LONGEST_TOKEN: usize = 200;

/// Whether a text is a token, `restart` or `retry`: it says something, on one line.
pub(crate) fn is_token(token: &str) -> bool {
    !token.trim().is_empty() && token.len() <= LONGEST_TOKEN && !token.contains(char::is_control)
}
