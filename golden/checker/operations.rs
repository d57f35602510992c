//! Operations: each that is new, goes on, tries again or is held back is named once, those that cure the ring first.

use cassc::cluster::Cluster;
use cassc::plan::{Operation, OperationChange, OperationKind};

use super::finding::Kind;
use super::world::World;

impl World<'_> {
    pub(super) fn judge_operations_at_the_end(&mut self) {
        let before = declared(self.before.cluster);
        let after = declared(self.after.cluster);
        let (cures, others): (Vec<_>, Vec<_>) = after.iter().partition(|it| is_cure(it));
        let told = cures.into_iter().chain(others);
        let becomes = |it: &Operation| becomes(before.iter().find(|was| was.id == it.id), it);
        let named = |it: &Operation| Some((it.id.clone(), becomes(it)?, pods(self.after.cluster?, it)));
        let expected: Vec<(String, OperationChange, Vec<String>)> = told.filter_map(named).collect();
        let mut found = self.operations.clone();
        let names_none = |id: &str| after.iter().any(|it| it.id == id && it.pods.is_empty());
        found.iter_mut().filter(|(id, ..)| names_none(id)).for_each(|(_, _, pods)| pods.sort());
        if found != expected {
            self.find(Kind::OperationMisjudged, format!("{found:?} instead of {expected:?}"));
        }
    }
}

fn declared(cluster: Option<&Cluster>) -> Vec<Operation> {
    cluster.and_then(|it| it.steps.as_ref()).map(|steps| steps.operations.clone()).unwrap_or_default()
}

/// The pods of an operation, sorted where it names none.
fn pods(cluster: &Cluster, operation: &Operation) -> Vec<String> {
    if !operation.pods.is_empty() {
        return operation.pods.clone();
    }
    let mut pods = Vec::new();
    for datacenter in &cluster.datacenters {
        let is_other = |name: &Option<String>, of: &String| name.as_ref().is_some_and(|name| name != of);
        for rack in &datacenter.racks {
            if !is_other(&operation.datacenter, &datacenter.name) && !is_other(&operation.rack, &rack.ring_name) {
                pods.extend((0..rack.nodes).map(|ordinal| format!("{}-{ordinal}", rack.stateful_set)));
            }
        }
    }
    pods.sort();
    pods
}

fn is_cure(operation: &Operation) -> bool {
    matches!(operation.kind, OperationKind::ReplaceNode | OperationKind::RemoveNode)
}

/// The two without what may change of an operation.
fn is_same(was: &Operation, now: &Operation) -> bool {
    let steered =
        Operation { concurrency: now.concurrency, suspend: now.suspend, retry: now.retry.clone(), ..was.clone() };
    steered == *now
}

fn becomes(was: Option<&Operation>, now: &Operation) -> Option<OperationChange> {
    let Some(was) = was.filter(|was| is_same(was, now)) else {
        return Some(if now.suspend { OperationChange::Waits } else { OperationChange::Runs });
    };
    match (was.suspend, now.suspend) {
        (false, true) => Some(OperationChange::Waits),
        (true, false) => Some(OperationChange::Resumes),
        (false, false) if was.retry != now.retry => Some(OperationChange::Retries),
        (true, true) | (false, false) => None,
    }
}
