//! What a user may write about the probes of the Cassandra container.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often and how patiently the kubelet asks the Cassandra container. What is asked is fixed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Probes {
    /// Whether the Management API lives, which restarts a Cassandra that died: after a first delay of 30 s every 15 s, each
    /// time for 10 s at most. After 6 failures in a row the container is restarted.
    #[serde(default)]
    pub liveness: ProbeTimings,
    /// Whether the node serves clients and has its place in the ring: after a first delay of 20 s every 10 s, each time for
    /// 15 s at most (10 s in the first `revision`). After 3 failures in a row clients and other nodes that start pass over it.
    #[serde(default)]
    pub readiness: ProbeTimings,
    /// The same as `liveness`, before the two others begin: every 10 s, each time for 10 s at most; after 30 failures in a row
    /// the container is restarted. Without it there is none: the other two wait long enough for most workers.
    pub startup: Option<ProbeTimings>,
}

/// When a probe asks; what is absent has the default of the probe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ProbeTimings {
    /// Seconds from the start of the container to the first question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_delay_seconds: Option<u32>,
    /// Seconds from one question to the next, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_seconds: Option<u32>,
    /// Seconds after which no answer is a failure, at least 1; 3 for `readiness`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// Failures in a row that count, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_threshold: Option<u32>,
}
