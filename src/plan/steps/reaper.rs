//! What to know and to do by hand when Reaper comes, changes or goes.

use cassc_ring::names;

use super::super::Difference;
use crate::cluster::Cluster;
use crate::deliver::makes_jobs_anew;

/// Before the change is merged.
pub(super) fn before(difference: &Difference<'_>) -> Vec<String> {
    let Some((was, now)) = difference.before.zip(difference.after) else { return Vec::new() };
    in_every_pod(was, now).into_iter().chain(immutable_job(difference, now)).collect()
}

/// A container more is a restart of every pod that is there.
fn in_every_pod(was: &Cluster, now: &Cluster) -> Option<String> {
    let comes = now.reaper_in_pods().is_some() && was.reaper_in_pods().is_none();
    let has_pods = was.racks().any(|(_, rack)| rack.nodes > 0) && !was.is_stopped();
    (comes && has_pods).then(|| {
        "Reaper in every pod (`repair.reaper.mode: sidecar`) restarts all of them; with `mode: deployment` it runs in a pod of its own, and \
         none restarts"
            .to_owned()
    })
}

/// Argo CD and Flux make the Job anew; `kubectl apply` is refused.
fn immutable_job(difference: &Difference<'_>, now: &Cluster) -> Option<String> {
    let name = names::reaper_schema(&now.name);
    let is_changed = difference.changed.iter().find(|it| it.kind == "Job" && it.name == name);
    let job = is_changed.filter(|_| !makes_jobs_anew(now.dialect))?;
    let namespace = job.namespace.as_deref().unwrap_or("NAMESPACE");
    Some(format!(
        "delete the Job of Reaper's tables, which is immutable, before `kubectl apply`; what it did stays: kubectl -n {namespace} delete job \
         {name} --ignore-not-found"
    ))
}

/// What stays of a Reaper that is gone, at the end.
pub(super) fn after(difference: &Difference<'_>) -> Option<String> {
    let (was, now) = difference.before.zip(difference.after)?;
    let reaper = was.reaper().filter(|_| now.reaper().is_none())?;
    let secrets = was.secrets_of_reaper().join(", ");
    let kept = match &reaper.keyspace {
        Some(keyspace) => format!("the keyspace `{keyspace}` with schedules and history"),
        None => format!("the PVC `{}` with schedules and history", names::reaper(&was.name)),
    };
    let role = reaper.role_secret.as_ref().map(|_| ", its role in Cassandra").unwrap_or_default();
    Some(format!(
        "repairs are yours again; {kept}{role} and the Secrets {secrets} stay, and another `repair.reaper` goes on with them; delete them by \
         hand if it will not come back"
    ))
}
