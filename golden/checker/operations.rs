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
        let expected: Vec<(String, OperationChange)> = told
            .filter_map(|it| Some((it.id.clone(), becomes(before.iter().find(|was| was.id == it.id), it)?)))
            .collect();
        if self.operations != expected {
            self.find(Kind::OperationMisjudged, format!("{:?} instead of {expected:?}", self.operations));
        }
    }
}

fn declared(cluster: Option<&Cluster>) -> Vec<Operation> {
    cluster.and_then(|it| it.steps.as_ref()).map(|steps| steps.operations.clone()).unwrap_or_default()
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
        (true, true) => None,
        (false, true) => Some(OperationChange::Waits),
        (true, false) => Some(OperationChange::Resumes),
        (false, false) if was.retry != now.retry => Some(OperationChange::Retries),
        (false, false) => None,
    }
}
