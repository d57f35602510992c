//! Operations that make a ring whole again: a lost node is replaced, or taken out. They wait for no other operation, because those
//! wait for a whole ring. Every other node has to be up, except those that are declared lost as well.

use cassc_ring::operation::{Operation, OperationKind};

use super::super::broken;
use super::{Next, begins, failed, record, remove_node, replace_node, suspended};
use crate::action::Reason;
use crate::cluster::Time;
use crate::guard::Guard;
use crate::record::Record;
use crate::situation::Situation;
use crate::whole::Aside;

/// How long after the end of its grace period a pod that ends is taken for one whose kubelet is gone, in seconds.
const KUBELET_GONE: Time = 60;

/// How long a pod must have been in trouble, or in its gate, before it counts as lost, in seconds.
const TROUBLE: Time = 60;

pub(in super::super) fn next(situation: &Situation<'_>) -> Next {
    let records = situation.state.memory.operations.iter();
    let open = records.filter(|(_, it)| it.is_open() && it.content.kind == OperationKind::ReplaceNode);
    if let Some((id, record)) = open.into_iter().next() {
        return replace_node::go_on(situation, id, record); // to its end, whatever the topology says by now
    }
    let (mut held, mut refused) = (Vec::new(), Vec::new());
    for operation in situation.operations().iter().filter(|it| it.kind.is_cure()) {
        match cure(situation, operation) {
            Next::Nothing | Next::Later => {}
            Next::Hold(reasons) => held.extend(reasons),
            Next::Refuse(reasons) => refused.extend(reasons),
            next => return next,
        }
    }
    match (remove_node::stuck_pod(situation), refused.is_empty(), held.is_empty()) {
        (Some(act), ..) => act,
        (None, false, _) => Next::Refuse(refused),
        (None, true, false) => Next::Hold(held),
        (None, true, true) => by_hand(situation),
    }
}

fn cure(situation: &Situation<'_>, operation: &Operation) -> Next {
    let record = match record(situation, operation) {
        Ok(record) => record,
        Err(changed) => return Next::Refuse(vec![changed]),
    };
    match record {
        Some(record) if !record.is_open() => Next::Nothing,
        Some(record) if !record.failed.is_empty() => failed(operation, record),
        _ if operation.suspend => Next::Hold(vec![suspended(operation)]),
        Some(record) => remove_node::go_on(situation, operation, record),
        None if operation.kind == OperationKind::ReplaceNode => replace_node::begin(situation, operation),
        None => remove_node::begin(situation, operation),
    }
}

/// Replacements that somebody wrote into the state.
fn by_hand(situation: &Situation<'_>) -> Next {
    let reasons: Vec<Reason> = situation.state.replaces.keys().map(|pod| replacing(situation, pod)).collect();
    if reasons.is_empty() { Next::Nothing } else { Next::Wait(reasons) }
}

/// A pod whose new node takes the place of a lost one.
pub(super) fn replacing(situation: &Situation<'_>, pod: &str) -> Reason {
    let text = format!(
        "the node of {pod} takes the place of a lost one{}. If its streams have failed (nodetool netstats), delete the pod: it begins \
         again",
        situation.trouble(pod)
    );
    let reason = Reason::about("Replacing", pod, text);
    let address = situation.pod(pod).and_then(|it| it.address.as_ref());
    if address.is_some_and(|it| situation.gossip.is_joining_at(it)) { reason.that_takes_long() } else { reason }
}

/// An operation that has nothing to do in this Kubernetes cluster.
pub(super) fn elsewhere(operation: &Operation) -> Next {
    begins(operation, Record::of(operation, Vec::new()))
}

/// Whether nobody lists a node as alive.
fn is_dead(situation: &Situation<'_>, host_id: &str) -> bool {
    situation.holds(Guard::NodeIsDead, || !situation.gossip.is_alive(host_id))
}

/// Why a node cannot be replaced or removed as a lost one: somebody says that it is alive, or nobody says anything of it.
pub(super) fn not_dead(situation: &Situation<'_>, host_id: &str, pod: Option<&str>) -> Option<Next> {
    if situation.gossip.is_empty() {
        return Some(Next::Wait(vec![Reason::of_ring("NoAnswer", "no node answers")]));
    }
    if is_dead(situation, host_id) {
        return None;
    }
    let about = pod.unwrap_or(host_id);
    let text = format!("the node {host_id} is alive: only one that is down for good is replaced or removed");
    let reasons = vec![Reason::about("NodeAlive", about, text)];
    let is_ready = pod.is_none_or(|pod| situation.pod(pod).is_some_and(|it| it.is_ready && !it.is_deleting));
    Some(if is_ready { Next::Refuse(reasons) } else { Next::Wait(reasons) }) // gossip needs a while
}

/// Why a pod may still bring its node back.
pub(super) fn may_come_back(situation: &Situation<'_>, name: &str) -> Option<Reason> {
    let now = situation.seen.now;
    let Some(pod) = situation.pod(name) else {
        return Some(Reason::about("PodMissing", name, format!("{name} does not exist; it is waited for")));
    };
    if pod.is_deleting && !is_kubelet_gone(situation, name) {
        return Some(Reason::about("PodEnding", name, format!("{name} ends; its worker may still answer")));
    }
    let is_lost = pod.is_deleting || pod.is_in_gate || pod.trouble.is_some();
    let patience = if is_lost { TROUBLE } else { broken::PATIENCE };
    // A worker that is back ends such a pod, whose node may have been up in between.
    let down = if pod.is_ready { 0 } else { now.saturating_sub(pod.ready_since) };
    let text = format!("{name} is down, and counts as lost when it has not been ready for {patience} s");
    (down < patience).then(|| Reason::about("MayComeBack", name, text))
}

/// Whether nobody has ended a pod for so long after its grace period that its kubelet must be gone.
pub(super) fn is_kubelet_gone(situation: &Situation<'_>, name: &str) -> bool {
    let ends_by = situation.pod(name).and_then(|pod| pod.ends_by);
    situation.holds(Guard::KubeletGone, || ends_by.is_some_and(|time| situation.seen.now >= time + KUBELET_GONE))
}

/// What keeps a lost node from being replaced or removed now.
pub(super) fn not_now(situation: &Situation<'_>) -> Vec<Reason> {
    let lost = lost(situation);
    let mut reasons = situation.not_ready_to_change(&lost);
    reasons.extend(situation.unready(&lost));
    let new = situation.not_members().into_iter();
    reasons.extend(new.filter(|it| it.about.as_deref().is_none_or(|pod| !waits_for_lost(situation, &lost, pod))));
    reasons
}

/// Whether a new pod waits in its gate for a lost one that stands before it in the order of first starts: it joins afterwards.
fn waits_for_lost(situation: &Situation<'_>, lost: &Aside<'_>, pod: &str) -> bool {
    let order = situation.wanted();
    let mut before = order.iter().take_while(|it| *it != pod);
    situation.pod(pod).is_none_or(|it| it.is_in_gate) && before.any(|it| lost.pods.contains(it.as_str()))
}

/// The nodes that are declared lost and that nobody lists as alive, with their pods.
pub(super) fn lost<'s>(situation: &Situation<'s>) -> Aside<'s> {
    let is_over = |id: &str| situation.record(id).is_some_and(|record| !record.is_open());
    let declared = situation.operations().iter().filter(|it| it.kind.is_cure() && !it.suspend && !is_over(&it.id));
    let records = situation.state.memory.operations.values().filter(|it| it.is_open());
    let begun = records.filter_map(|record| record.host_id.as_deref());
    let named = declared
        .filter_map(|it| it.host_id.as_deref().or_else(|| it.pods.first().and_then(|pod| situation.member(pod))));
    let nodes = named.chain(begun).filter(|host_id| is_dead(situation, host_id)).collect();
    let mut lost = Aside { nodes, ..Aside::default() };
    let of_lost = situation.state.host_ids.iter().filter(|(_, host_id)| lost.nodes.contains(host_id.as_str()));
    lost.pods = of_lost.map(|(pod, _)| pod.as_str()).collect();
    lost
}
