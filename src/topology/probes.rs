//! The timings of the probes of the Cassandra container.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The timings of the probes of the Cassandra container. The requests of the probes are fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Probes {
    /// Checks that the Management API responds; the Management API restarts a Cassandra process that died. Defaults: initial
    /// delay 30 s, period 15 s, timeout 10 s. After 6 consecutive failures the kubelet restarts the container.
    #[serde(default)]
    pub liveness: ProbeTimings,
    /// Checks that the node is part of the ring and serves clients. Defaults: initial delay 20 s, period 10 s, timeout 15 s
    /// (10 s in the first `revision`). After 3 consecutive failures the pod is not ready.
    #[serde(default)]
    pub readiness: ProbeTimings,
    /// Sends the request of `liveness` until it succeeds once; the other two probes start after that. Default: no startup
    /// probe. With `startup: {}`: period 10 s, timeout 10 s; after 30 consecutive failures the kubelet restarts the container.
    pub startup: Option<ProbeTimings>,
}

/// The timings of a probe. Missing fields have the default of the probe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ProbeTimings {
    /// Seconds between the start of the container and the first probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_delay_seconds: Option<u32>,
    /// Seconds between two probes, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_seconds: Option<u32>,
    /// Seconds after which a probe without an answer fails, at least 1; for `readiness` at least 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// The number of consecutive failures after which the kubelet acts, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_threshold: Option<u32>,
}

impl Probes {
    /// Those of a datacenter, laid over those of the cluster.
    pub(crate) fn with(self, own: Self) -> Self {
        let startup = own.startup.map(|own| self.startup.unwrap_or_default().with(own));
        Self {
            liveness: self.liveness.with(own.liveness),
            readiness: self.readiness.with(own.readiness),
            startup: startup.or(self.startup),
        }
    }
}

impl ProbeTimings {
    fn with(self, own: Self) -> Self {
        Self {
            initial_delay_seconds: own.initial_delay_seconds.or(self.initial_delay_seconds),
            period_seconds: own.period_seconds.or(self.period_seconds),
            timeout_seconds: own.timeout_seconds.or(self.timeout_seconds),
            failure_threshold: own.failure_threshold.or(self.failure_threshold),
        }
    }
}
