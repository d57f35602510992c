//! A member whose pod will not come back is taken out of the ring. The other nodes copy its data among each other.

use cassc_ring::operation::{Operation, OperationKind};

use super::super::{replication, shrink};
use super::cures::{elsewhere, is_kubelet_gone, lost, may_come_back, not_dead, not_now};
use super::{Next, begins};
use crate::action::{Action, Reason};
use crate::cluster::Time;
use crate::gossip::Standing;
use crate::record::Record;
use crate::situation::Situation;

/// How long it is waited until nodes say that the node is being removed, in seconds, before it is asked for again.
const UNHEARD_FOR: Time = 60;

/// How long a removal may take before it is asked for again, in seconds. Who is at it says so; who has forgotten it, because Cassandra
/// was restarted, begins again.
const ASKED_AGAIN: Time = 600;

pub(super) fn begin(situation: &Situation<'_>, operation: &Operation) -> Next {
    if !is_ours(situation, operation) {
        return elsewhere(operation);
    }
    let named = operation.pods.first();
    let Some(host_id) = operation.host_id.as_deref().or_else(|| situation.member(named?)) else {
        let pod = named.map_or("the operation", String::as_str);
        let text = format!("{pod} has no node that was ever seen in the ring. Name it by its hostId (nodetool status)");
        return Next::Refuse(vec![Reason::about("NodeUnknown", pod, text)]);
    };
    if matches!(situation.gossip.standing(host_id), Standing::Left | Standing::Unheard) {
        let text = format!("no node lists {host_id} as a member of the ring");
        return Next::Refuse(vec![Reason::about("NodeUnknown", host_id, text)]);
    }
    match not_removable(situation, host_id) {
        Next::Nothing => {
            let mut record = Record::of(operation, vec![named.map_or(host_id, String::as_str).to_owned()]);
            record.host_id = Some(host_id.to_owned());
            begins(operation, record)
        }
        next => next,
    }
}

/// Whether the node is one of this Kubernetes cluster's: by its pod, or by the datacenter that it is in. Who is of none that the
/// topology has is removed where the first datacenter with nodes is.
fn is_ours(situation: &Situation<'_>, operation: &Operation) -> bool {
    if let Some(pod) = operation.pods.first() {
        return situation.place_of(pod).is_some();
    }
    let datacenter = operation.host_id.as_deref().and_then(|it| situation.gossip.datacenter_of(it));
    let all = &situation.ring.datacenters;
    let home = all.iter().find(|it| Some(it.ring_name.as_str()) == datacenter);
    let home = home.or_else(|| all.iter().find(|it| it.nodes() > 0));
    home.is_some_and(|it| it.kube_cluster == situation.site.kube_cluster)
}

pub(super) fn go_on(situation: &Situation<'_>, operation: &Operation, record: &Record) -> Next {
    let Some(host_id) = &record.host_id else { return Next::Nothing };
    let there = record.asked.as_ref().filter(|it| situation.pod(&it.pod).is_some_and(|pod| pod.uid == it.uid));
    if let Some(asked) = there {
        let patience = if situation.gossip.is_leaving(host_id) { ASKED_AGAIN } else { UNHEARD_FOR };
        if situation.seen.now.saturating_sub(asked.since) < patience {
            let text = format!("{} removes the node {host_id}; the others copy its data", asked.pod);
            return Next::Wait(vec![Reason::about("Removing", &asked.pod, text).that_takes_long()]);
        }
    }
    let before = there.map(|asked| asked.pod.as_str());
    match (not_removable(situation, host_id), before.or_else(|| situation.anybody())) {
        (Next::Nothing, Some(asked)) => Next::Act(Action::RemoveNode {
            operation: operation.id.clone(),
            retry: operation.retry.clone(),
            host_id: host_id.clone(),
            asked: asked.to_owned(),
        }),
        (Next::Nothing, None) => Next::Wait(vec![Reason::of_ring("NoAnswer", "no node that is up answers")]),
        (next, _) => next,
    }
}

/// The pod of a node that was removed, where its kubelet is gone as well: nobody else would ever end it.
pub(super) fn stuck_pod(situation: &Situation<'_>) -> Option<Next> {
    let records = situation.state.memory.operations.values();
    let removed = records.filter(|it| it.content.kind == OperationKind::RemoveNode && !it.is_open());
    let mut pods = removed.filter_map(|it| Some((it.content.pods.first()?, it.host_id.as_ref()?)));
    let is_left = |(name, host_id): &(&String, &String)| situation.state.left.get(*name) == Some(*host_id);
    let (name, _) = pods.find(|it| is_left(it) && is_kubelet_gone(situation, it.0))?;
    let pod = situation.pod(name).filter(|pod| pod.is_deleting)?;
    let (pod, uid, why) = (name.clone(), pod.uid.clone(), "its node was removed from the ring");
    Some(Next::Act(Action::DeletePod { pod, uid, why, at_once: true }))
}

/// Why a node is not removed now, or must not be at all; an act that has to come first.
fn not_removable(situation: &Situation<'_>, host_id: &str) -> Next {
    let of_node = situation.state.host_ids.iter().find(|(_, it)| *it == host_id).map(|(pod, _)| pod.as_str());
    if let Some(next) = not_dead(situation, host_id, of_node) {
        return next;
    }
    if let Some(pod) = of_node.filter(|pod| situation.wanted().iter().any(|it| it == pod)) {
        let text =
            format!("{pod} is asked for, so its node is replaced (replaceNode), or the rack gets fewer nodes first");
        return Next::Refuse(vec![Reason::about("StillWanted", pod, text)]);
    }
    let Some(ring_name) = situation.gossip.datacenter_of(host_id) else {
        return Next::Wait(vec![Reason::about(
            "NoAnswer",
            host_id,
            "no node says in which datacenter it is".to_owned(),
        )]);
    };
    let members = situation.gossip.members_of(ring_name).len();
    let left = u32::try_from(members.saturating_sub(1)).unwrap_or(u32::MAX);
    match replication::for_fewer_nodes(situation, ring_name, left, &lost(situation)) {
        Next::Nothing => {}
        next => return next,
    }
    let there = of_node.filter(|pod| situation.pod(pod).is_some());
    let mut reasons: Vec<Reason> = there.and_then(|pod| may_come_back(situation, pod)).into_iter().collect();
    reasons.extend(not_now(situation));
    if !reasons.is_empty() {
        return Next::Wait(reasons);
    }
    let datacenter = situation.datacenters().find(|it| it.ring_name == ring_name);
    datacenter
        .and_then(|it| shrink::no_room(situation, it, of_node.unwrap_or(host_id), host_id))
        .unwrap_or(Next::Nothing)
}
