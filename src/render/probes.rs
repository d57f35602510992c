//! The probes of the Cassandra container: what each asks, and its default timings.

use k8s_openapi::api::core::v1::{ExecAction, HTTPGetAction, Probe};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::containers::{MANAGEMENT_PORT, script};
use crate::cluster::{Cluster, Datacenter};
use crate::topology::ProbeTimings;

/// Seconds of the readiness probe's timeout that asking leaves for saying why not.
pub(crate) const SECONDS_AFTER_ASKING: u32 = 2;

/// Asks the Management API, and writes the marker of a bootstrapped volume. What failed 3 times in a row counts, by
/// Kubernetes' own default.
pub(super) fn readiness(cluster: &Cluster, datacenter: &Datacenter) -> Probe {
    let exec = Some(ExecAction { command: Some(script("ready.sh")) });
    let defaults = ProbeTimings {
        initial_delay_seconds: Some(20),
        period_seconds: Some(10),
        timeout_seconds: Some(readiness_timeout(cluster, datacenter)),
        failure_threshold: None,
    };
    timed(Probe { exec, ..Probe::default() }, cluster.pod_of(datacenter).probes.readiness, defaults)
}

/// How long the readiness probe may ask, in seconds.
pub(super) fn seconds_to_ask(cluster: &Cluster, datacenter: &Datacenter) -> u32 {
    readiness_timeout(cluster, datacenter).saturating_sub(SECONDS_AFTER_ASKING).max(1)
}

fn readiness_timeout(cluster: &Cluster, datacenter: &Datacenter) -> u32 {
    cluster.pod_of(datacenter).probes.readiness.timeout_seconds.unwrap_or(cluster.defaults().readiness_timeout_seconds)
}

/// Alive while the process lives: 200 throughout bootstrap, commit log replay and drain (observed). A Cassandra that
/// died is restarted by the Management API within 30 seconds; only when that does not help for 90 seconds the container
/// is.
pub(super) fn liveness(cluster: &Cluster, datacenter: &Datacenter) -> Probe {
    let defaults = ProbeTimings {
        initial_delay_seconds: Some(30),
        period_seconds: Some(15),
        timeout_seconds: Some(10),
        failure_threshold: Some(6),
    };
    timed(alive(cluster), cluster.pod_of(datacenter).probes.liveness, defaults)
}

/// Asks the same as [`liveness`] for up to 5 minutes.
pub(super) fn startup(cluster: &Cluster, datacenter: &Datacenter) -> Option<Probe> {
    let defaults = ProbeTimings {
        initial_delay_seconds: None,
        period_seconds: Some(10),
        timeout_seconds: Some(10),
        failure_threshold: Some(30),
    };
    cluster.pod_of(datacenter).probes.startup.map(|timings| timed(alive(cluster), timings, defaults))
}

fn alive(cluster: &Cluster) -> Probe {
    if cluster.management_api_secret.is_some() {
        return Probe { exec: Some(ExecAction { command: Some(script("live.sh")) }), ..Probe::default() };
    }
    let get = HTTPGetAction {
        path: Some("/api/v0/probes/liveness".to_owned()),
        port: IntOrString::Int(i32::from(MANAGEMENT_PORT)),
        ..HTTPGetAction::default()
    };
    Probe { http_get: Some(get), ..Probe::default() }
}

fn timed(probe: Probe, written: ProbeTimings, defaults: ProbeTimings) -> Probe {
    let number = |written: Option<u32>, default: Option<u32>| {
        written.or(default).map(|number| i32::try_from(number).expect("E517 refused larger numbers"))
    };
    Probe {
        initial_delay_seconds: number(written.initial_delay_seconds, defaults.initial_delay_seconds),
        period_seconds: number(written.period_seconds, defaults.period_seconds),
        timeout_seconds: number(written.timeout_seconds, defaults.timeout_seconds),
        failure_threshold: number(written.failure_threshold, defaults.failure_threshold),
        ..probe
    }
}
