//! Alerts about disks, memory and certificates.

use super::super::scope::Scope;
use super::Severity::{Critical, Warning};
use super::limits::Limits;
use super::{Alert, BY_POD, alert};
use crate::render::volumes::claim_names;

/// From here on Cassandra may stop writing at any time: a flush or a compaction needs room that is no longer there.
const FULL_PERCENT: u32 = 90;
/// How far a prediction looks ahead, in seconds, and how many days that is.
const AHEAD: (u32, u32) = (4 * 24 * 3600, 4);
/// Collection of garbage may take this part of the time.
const GARBAGE_COLLECTION: &str = "0.1";
/// Certificates are renewed long before, so that somebody has this long to find out why one was not.
const CERTIFICATE_DAYS: u32 = 14;

/// All of them.
pub(super) fn alerts(scope: Scope<'_>, limits: &Limits) -> Vec<Alert> {
    let runs = scope.nodes() > 0 && !scope.cluster.is_stopped();
    let of_nodes = runs.then(|| [compactions(scope, limits), heap(scope, limits), garbage_collection(scope)]);
    let disks = (scope.nodes() > 0).then(|| disks(scope, limits));
    let certificates = has_certificates(scope).then(|| certificates(scope));
    of_nodes.into_iter().flatten().chain(disks.into_iter().flatten()).chain(certificates).collect()
}

/// Whether anything of the cluster shows a certificate.
fn has_certificates(scope: Scope<'_>) -> bool {
    scope.cluster.management_api_secret.is_some()
}

fn compactions(scope: Scope<'_>, limits: &Limits) -> Alert {
    let pending = scope.metric("compaction_pending_tasks", &[]);
    let expr = format!("max by ({BY_POD}) ({pending}) > {}", limits.pending_compactions);
    let summary = "{{ $value }} compactions have been waiting on {{ $labels.pod }} for half an hour: reads get slower, and its disk fills up.";
    alert("CassandraCompactionsPending", Warning, 30, expr, summary)
}

/// What is left after a collection, and not what collects between two of them.
fn heap(scope: Scope<'_>, limits: &Limits) -> Alert {
    let of = |name: &str| format!("sum by ({BY_POD}) ({name}{})", scope.own(&[("area", "heap")]));
    let ratio = format!("{} / {}", of("jvm_memory_bytes_used"), of("jvm_memory_bytes_max"));
    let expr = format!("min_over_time(({ratio})[15m:1m]) * 100 > {}", limits.heap_percent);
    let summary = "The heap of {{ $labels.pod }} has never been less than {{ $value | humanize }} % full for a quarter of an hour.";
    alert("CassandraHeapFull", Warning, 5, expr, summary)
}

fn garbage_collection(scope: Scope<'_>) -> Alert {
    let seconds = format!("jvm_gc_collection_seconds_sum{}", scope.own(&[]));
    let expr = format!("sum by ({BY_POD}) (rate({seconds}[5m])) > {GARBAGE_COLLECTION}");
    let summary = "{{ $labels.pod }} spends {{ $value | humanizePercentage }} of its time on garbage collection.";
    alert("CassandraGarbageCollection", Warning, 10, expr, summary)
}

/// By claim, data and what else has one.
fn disks(scope: Scope<'_>, limits: &Limits) -> [Alert; 3] {
    let claims = scope.claims(claim_names(scope.cluster));
    let of = |what: &str| scope.kube(&format!("kubelet_volume_stats_{what}_bytes"), "persistentvolumeclaim", &claims);
    let by = |metric: String| format!("max by (namespace,persistentvolumeclaim) ({metric})");
    let used = format!("{} / {} * 100", by(of("used")), by(of("capacity")));
    let (seconds, days) = AHEAD;
    let ahead = by(format!("predict_linear({}[6h], {seconds})", of("available")));
    let half = limits.disk_percent.min(50);
    let full = "The volume {{ $labels.persistentvolumeclaim }} is {{ $value | humanize }} % full";
    [
        alert(
            "CassandraDiskFillsUp",
            Warning,
            15,
            format!("{used} > {}", limits.disk_percent),
            &format!("{full}: compactions will soon lack room."),
        ),
        alert(
            "CassandraDiskFull",
            Critical,
            5,
            format!("{used} > {}", FULL_PERCENT.max(limits.disk_percent)),
            &format!("{full}: Cassandra may stop writing to it at any time."),
        ),
        alert(
            "CassandraDiskFullSoon",
            Warning,
            60,
            format!("({ahead} < 0) and ({used} > {half})"),
            &format!(
                "As it has been filling up for six hours, the volume {{{{ $labels.persistentvolumeclaim }}}} is full within {days} days."
            ),
        ),
    ]
}

/// Of cert-manager in the namespaces of the cluster; one that was never issued has no time.
fn certificates(scope: Scope<'_>) -> Alert {
    let expiration = scope.kube("certmanager_certificate_expiration_timestamp_seconds", "name", ".+");
    let days = format!("(max by (namespace,name) ({expiration} > 0) - time()) / 86400");
    let summary = "The certificate {{ $labels.name }} expires in {{ $value | humanize }} days, and was not renewed.";
    alert("CassandraCertificateExpires", Warning, 60, format!("{days} < {CERTIFICATE_DAYS}"), summary)
}
