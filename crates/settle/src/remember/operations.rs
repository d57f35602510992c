//! How the operations under way go: which of their nodes are done, and which operations have ended.

use std::mem;

use cassc_ring::operation::OperationKind;

use crate::gossip::Standing;
use crate::record::{Failed, Record};
use crate::situation::Situation;
use crate::state::{Running, State};

use super::depart;

/// How many operations are remembered that are no longer in the topology.
const KEPT: usize = 50;

/// How the operations under way go.
pub(super) fn operations(situation: &Situation<'_>, state: &mut State) {
    for (id, mut record) in mem::take(&mut state.memory.operations) {
        if record.is_open() && came_back(situation, &record) {
            continue; // nothing was done: it has not begun
        }
        if record.is_open() {
            goes_on(situation, state, &id, &mut record);
        }
        state.memory.operations.insert(id, record);
    }
    forget(situation, state);
}

fn goes_on(situation: &Situation<'_>, state: &mut State, id: &str, record: &mut Record) {
    let declared = situation.operations().iter().find(|it| it.id == id);
    if let Some(operation) = declared {
        record.failed.retain(|_, failed| failed.retry == operation.retry);
    }
    address_follows(situation, state, record);
    for pod in record.todo.clone() {
        match record.content.kind {
            OperationKind::Restart if has_restarted(situation, record, &pod) => record.pod_done(&pod),
            OperationKind::ReplaceNode if is_replaced(situation, state, record, &pod) => record.pod_done(&pod),
            OperationKind::RemoveNode if is_removed(situation, record) => {
                removed(state, record);
                record.pod_done(&pod);
            }
            kind if !kind.is_cure() && !state.host_ids.contains_key(&pod) => record.leave_out(&pod),
            _ => {}
        }
    }
    let runs = state.memory.jobs.values().any(|running| running.operation.as_deref() == Some(id));
    // What was begun of a replacement cannot stay as it is.
    if declared.is_none() && !runs && record.content.kind != OperationKind::ReplaceNode {
        record.todo.clone().iter().for_each(|pod| record.leave_out(pod));
    }
    if record.todo.is_empty() {
        record.ended = Some(situation.seen.now);
    }
}

/// A node that came back with another address before it was lost for good is replaced at that one.
fn address_follows(situation: &Situation<'_>, state: &mut State, record: &mut Record) {
    let (Some(pod), Some(host_id)) = (record.todo.first(), &record.host_id) else { return };
    let is_lost = situation.gossip.standing(host_id) == Standing::Member && !situation.gossip.is_alive(host_id);
    let address = situation.gossip.address_of(host_id).filter(|_| is_lost && record.address.is_some());
    if let Some(address) = address {
        state.replaces.insert(pod.clone(), address.to_owned());
        record.address = Some(address.to_owned());
    }
}

/// Only the newest of those that are no longer in the topology.
fn forget(situation: &Situation<'_>, state: &mut State) {
    let is_declared = |id: &String| situation.operations().iter().any(|it| it.id == *id);
    let old = state.memory.operations.iter().filter(|(id, _)| !is_declared(id));
    let mut old: Vec<_> = old.filter_map(|(id, record)| Some((record.ended?, id.clone()))).collect();
    old.sort();
    for (_, id) in old.iter().take(old.len().saturating_sub(KEPT)) {
        state.memory.operations.remove(id);
    }
}

/// A job of a node was done for an operation.
pub(super) fn job_done(state: &mut State, pod: &str, running: &Running) {
    if let Some(record) = running.operation.as_ref().and_then(|id| state.memory.operations.get_mut(id)) {
        record.job_done(pod);
    }
}

/// A job of a node failed for good; `false` where it was not for an operation.
pub(super) fn job_failed(situation: &Situation<'_>, state: &mut State, pod: &str, failed: &Failed, id: &str) -> bool {
    let Some(record) = state.memory.operations.get_mut(id) else { return false };
    let retry = situation.operations().iter().find(|it| it.id == id).and_then(|it| it.retry.clone());
    record.failed.insert(pod.to_owned(), Failed { retry, ..failed.clone() });
    true
}

/// A pod has restarted when another one of its name is ready, and its node is up.
fn has_restarted(situation: &Situation<'_>, record: &Record, pod: &str) -> bool {
    let is_another = situation.pod(pod).is_some_and(|it| it.is_ready && record.pods.get(pod) != Some(&it.uid));
    is_another && situation.member(pod).is_some_and(|host_id| situation.gossip.is_up(host_id))
}

/// The pod and the claims of a lost node, as far as they are still there: whether it is the pod, and the claims with whether each is
/// being deleted.
fn leftovers(situation: &Situation<'_>, record: &Record, pod: &str) -> (bool, Vec<bool>) {
    let is_same_pod = situation.pod(pod).is_some_and(|it| record.pods.get(pod) == Some(&it.uid));
    let claims = situation.claims_of(pod).filter(|(name, it)| record.claims.get(*name) == Some(&it.uid));
    (is_same_pod, claims.map(|(_, it)| it.is_deleting).collect())
}

/// Whether a pod's claims are being deleted for its replacement: what stands in the state for its gate stays until a new pod is there.
pub(super) fn is_clearing(situation: &Situation<'_>, state: &State, pod: &str) -> bool {
    let mut open = state.memory.operations.values().filter(|it| it.is_open());
    let Some(record) = open.find(|it| it.pods.contains_key(pod) && it.content.kind == OperationKind::ReplaceNode)
    else {
        return false;
    };
    let (is_same_pod, claims) = leftovers(situation, record, pod);
    let is_untouched = claims.len() == record.claims.len() && !claims.contains(&true);
    !is_untouched && (is_same_pod || !claims.is_empty())
}

/// Whether a node that was to be replaced is up again, and nothing of it was deleted yet.
fn came_back(situation: &Situation<'_>, record: &Record) -> bool {
    let Some(pod) = record.todo.first().filter(|_| record.content.kind == OperationKind::ReplaceNode) else {
        return false;
    };
    let (_, claims) = leftovers(situation, record, pod);
    let is_untouched = claims.len() == record.claims.len() && !claims.contains(&true);
    let is_up = record.host_id.as_ref().is_some_and(|host_id| situation.gossip.is_up(host_id));
    let is_same = situation.pod(pod).is_some_and(|it| it.is_ready && record.pods.get(pod) == Some(&it.uid));
    is_untouched && is_up && (is_same || !record.claims.is_empty())
}

/// A node is replaced when the new one is up in a new pod, and the old one is no longer listed.
fn is_replaced(situation: &Situation<'_>, state: &State, record: &Record, pod: &str) -> bool {
    let (is_same_pod, claims) = leftovers(situation, record, pod);
    let is_up = state.host_ids.get(pod).is_some_and(|host_id| situation.gossip.is_up(host_id));
    !is_same_pod && claims.is_empty() && !state.replaces.contains_key(pod) && is_up
}

/// A node is removed when nobody who answers lists it as a member.
fn is_removed(situation: &Situation<'_>, record: &Record) -> bool {
    record.host_id.as_ref().is_some_and(|host_id| match situation.gossip.standing(host_id) {
        Standing::Left => true,
        Standing::Unheard => record.asked.is_some(),
        Standing::Member | Standing::Unknown => false,
    })
}

/// The pod of a node that was removed has none any more: its claims go as those of every node that left.
fn removed(state: &mut State, record: &Record) {
    let Some(host_id) = &record.host_id else { return };
    let pod = state.host_ids.iter().find(|(_, it)| *it == host_id).map(|(pod, _)| pod.clone());
    if let Some(pod) = pod {
        depart(state, &pod, host_id);
    }
}
