//! Alerts about the program in the cluster and what it is to do. It exports no metrics: what is known of its Jobs comes from
//! kube-state-metrics, and so does everything here.

use cassc_ring::names;

use super::super::scope::Scope;
use super::Severity::Warning;
use super::limits::Limits;
use super::{Alert, alert};

/// All of them; none where the program does not run.
pub(super) fn alerts(scope: Scope<'_>, limits: &Limits) -> Vec<Alert> {
    let is_held = scope.cluster.rollout.stopped || scope.cluster.rollout.canary_pods.is_some();
    let behind = (!is_held && !scope.cluster.is_stopped() && scope.nodes() > 0).then(|| pods_behind(scope, limits));
    if scope.cluster.steps.is_none() {
        return behind.into_iter().collect();
    }
    [step_refused(scope), step_stuck(scope, limits)].into_iter().chain(behind).collect()
}

/// The newest Job of the program: earlier ones may have failed, and stay until the newest has done everything.
fn newest(scope: Scope<'_>) -> String {
    let created = scope.kube("kube_job_created", "job_name", &scope.jobs());
    format!("(max by (namespace,job_name) ({created}) == on (namespace) group_left max by (namespace) ({created}))")
}

fn step_refused(scope: Scope<'_>) -> Alert {
    let failed = scope.kube("kube_job_failed", "job_name", &scope.jobs()).replacen('{', "{condition=\"true\",", 1);
    let expr = format!("max by (namespace,job_name) ({failed} == 1) and on (namespace,job_name) {}", newest(scope));
    let summary = "The program in the cluster refuses to do, or cannot do, what the topology asks for: the Job {{ $labels.job_name }} failed.";
    alert("CassandraStepRefused", Warning, 1, expr, summary)
}

/// A Job that waits for something says so in its log, and as an Event.
fn step_stuck(scope: Scope<'_>, limits: &Limits) -> Alert {
    let of = |metric: &str| scope.kube(metric, "job_name", &scope.jobs());
    let started = format!("max by (namespace,job_name) ({})", of("kube_job_status_start_time"));
    let is_active = format!("max by (namespace,job_name) ({}) > 0", of("kube_job_status_active"));
    let hours = limits.step_hours;
    let expr = format!("((time() - {started}) / 3600 > {hours}) and on (namespace,job_name) ({is_active})");
    let summary = format!(
        "The program in the cluster has been at one change for {{{{ $value | humanize }}}} hours, and {hours} are usual here: the Job \
         {{{{ $labels.job_name }}}} waits, or a node takes long."
    );
    alert("CassandraStepStuck", Warning, 15, expr, &summary)
}

/// Not by the two revisions in the status: with `OnDelete` the controller never makes them equal again (`completeRollingUpdate` of
/// `pkg/controller/statefulset`).
fn pods_behind(scope: Scope<'_>, limits: &Limits) -> Alert {
    let of = |metric: &str| scope.kube(metric, "statefulset", &scope.stateful_sets());
    let (all, updated) = (of("kube_statefulset_replicas"), of("kube_statefulset_status_replicas_updated"));
    let hours = limits.roll_hours;
    let summary = format!(
        "For {hours} hours {{{{ $value }}}} pods of {{{{ $labels.statefulset }}}} have been running an older template than Git has: \
         their restart is held back, or was forgotten."
    );
    alert("CassandraPodsBehindTemplate", Warning, hours * 60, format!("{all} - {updated} > 0"), &summary)
}

/// The Job that makes Reaper's tables.
pub(super) fn reaper_tables(scope: Scope<'_>) -> Alert {
    let job = names::reaper_schema(&scope.cluster.name);
    let failed = scope.kube("kube_job_failed", "job_name", &job).replacen('{', "{condition=\"true\",", 1);
    let summary = "Reaper has no tables, or old ones, and repairs nothing: the Job {{ $labels.job_name }} failed.";
    let expr = format!("max by (namespace,job_name) ({failed}) == 1");
    alert("CassandraReaperTablesFailed", Warning, 1, expr, summary)
}
