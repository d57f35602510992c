//! Nodes leave, one at a time, never with force: decommission, then one replica less. The claims go afterwards.

use cassc_ring::change::Pair;
use cassc_ring::desired::Datacenter;
use cassc_ring::names;

use super::{Next, elsewhere, replication};
use crate::action::{Action, Reason, ScaleReason};
use crate::cluster::NodeJob;
use crate::guard::Guard;
use crate::observed::Status;
use crate::situation::{Place, Situation};
use crate::whole::Aside;

/// How much of its even share each node that stays must have free: tokens are not even, and what is compacted is
/// there twice.
const SHARE: u64 = 2;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    for datacenter in situation.datacenters() {
        let live = situation.live(datacenter);
        let pair = Pair { name: &datacenter.name, before: Some(&live), after: Some(datacenter) };
        let Some(pod) = first(situation, &pair.leaving()) else { continue };
        let Some((place, ordinal)) = situation.place_of(&pod) else { continue };
        if !situation.is_applied(place) {
            let set = &place.rack.stateful_set;
            return Next::Wait(vec![Reason::about(
                "NotApplied",
                set,
                format!("{set} is not as the desired ring says yet"),
            )]);
        }
        return leave(situation, pair, place, ordinal, &pod);
    }
    Next::Nothing
}

/// The next pod: the last of a rack whose node is no member (any more), else the last in start order. So what was begun is
/// finished whatever keeps the next node from leaving.
fn first(situation: &Situation<'_>, leaving: &[String]) -> Option<String> {
    let is_last = |pod: &str| situation.place_of(pod).is_some_and(|(place, ordinal)| place.set.replicas == ordinal + 1);
    let begun = leaving.iter().find(|pod| situation.member(pod).is_none() && is_last(pod));
    begun.or(leaving.first()).cloned()
}

/// One pod and its node. The pod is the last of its rack.
fn leave(situation: &Situation<'_>, pair: Pair<'_>, place: Place<'_>, ordinal: u32, pod: &str) -> Next {
    if let Some(host_id) = situation.state.left.get(pod) {
        let strangers = situation.strangers(&Aside::nothing());
        if !strangers.is_empty() {
            return Next::Wait(strangers); // the record may be of an earlier node of the pod
        }
        if situation.holds(Guard::LeftBeforeLower, || situation.is_gone(host_id)) {
            return lower(situation, place, ordinal, ScaleReason::NodeLeft);
        }
        let text = format!("a node still lists {host_id} as a member");
        return Next::Wait(vec![Reason::about("NodeStillListed", pod, text)]);
    }
    let Some(host_id) = situation.member(pod) else { return never_joined(situation, place, ordinal, pod) };
    if situation.state.memory.jobs.contains_key(pod) || situation.failure(pod).is_some() {
        return Next::Nothing; // `jobs` waits for it, or refuses
    }
    let name = &place.datacenter.ring_name;
    match replication::for_fewer_nodes(situation, name, pair.staying(), &Aside::nothing()) {
        Next::Nothing => decommission(situation, place.datacenter, pod, host_id),
        next => next,
    }
}

fn lower(situation: &Situation<'_>, place: Place<'_>, ordinal: u32, why: ScaleReason) -> Next {
    let from = place.set.replicas;
    if from <= ordinal {
        return Next::Nothing; // the pod ends, or is gone
    }
    let to = if situation.is_off(Guard::OneReplica) { place.rack.nodes } else { ordinal };
    Next::Act(Action::Scale { set: place.rack.stateful_set.clone(), from, to, why })
}

/// A pod that was made and whose node never became a member: it goes while it waits in its gate. One that has begun to
/// join is let in first.
fn never_joined(situation: &Situation<'_>, place: Place<'_>, ordinal: u32, pod: &str) -> Next {
    let mut reasons = situation.strangers(&Aside::nothing());
    // After a loss of power every pod is in its gate, and this one may have joined unseen.
    if !situation.holds(Guard::UnknownIsNotAbsent, || !situation.gossip.is_empty()) {
        reasons.push(Reason::about("NoAnswer", pod, format!("no node says whether {pod} is a member")));
    }
    if !reasons.is_empty() {
        return Next::Wait(reasons);
    }
    let waits_in_gate = situation.pod(pod).is_none_or(|it| it.is_in_gate || it.address.is_none());
    let nobody_there =
        situation.pod(pod).and_then(|it| it.address.as_ref()).is_none_or(|it| !situation.gossip.has_member_at(it));
    if waits_in_gate && nobody_there {
        return lower(situation, place, ordinal, ScaleReason::NeverJoined);
    }
    let text = format!("{pod} joins; it is decommissioned when it is a member{}", situation.trouble(pod));
    Next::Wait(vec![Reason::about("Joining", pod, text).that_takes_long()])
}

fn decommission(situation: &Situation<'_>, datacenter: &Datacenter, pod: &str, host_id: &str) -> Next {
    let mut reasons = situation.not_ready_to_change(&Aside::nothing());
    let local = situation.gossip.local(pod);
    let is_itself = local.is_some_and(|it| it.host_id.as_deref() == Some(host_id) && it.status == Status::Normal);
    if !situation.holds(Guard::ByHostId, || is_itself) {
        reasons.push(Reason::about("NoAnswer", pod, format!("{pod} does not say that it is the node {host_id}")));
    }
    reasons.extend(elsewhere::leaving_before(situation, datacenter));
    reasons.extend(situation.not_members());
    reasons.extend(situation.unready(&Aside::nothing()));
    if !reasons.is_empty() {
        return Next::Wait(reasons);
    }
    if let Some(reason) = no_room(situation, datacenter, pod, host_id) {
        return if situation.is_off(Guard::SpaceSuffices) {
            start(situation, datacenter, pod, host_id)
        } else {
            reason
        };
    }
    start(situation, datacenter, pod, host_id)
}

fn start(situation: &Situation<'_>, datacenter: &Datacenter, pod: &str, host_id: &str) -> Next {
    let force = replication::last_may_be_forced(situation, datacenter);
    let job = NodeJob::Decommission { force };
    Next::Act(Action::Start { pod: pod.to_owned(), host_id: host_id.to_owned(), job, operation: None })
}

/// Whether the nodes that get the data have no room for it, as far as that is known.
pub(super) fn no_room(situation: &Situation<'_>, datacenter: &Datacenter, pod: &str, host_id: &str) -> Option<Next> {
    let unknown =
        |what: &str| Some(Next::Wait(vec![Reason::about("SpaceUnknown", pod, format!("{what} is not known"))]));
    let Some(load) = situation.gossip.load(host_id) else { return unknown("how much data the node holds") };
    let receivers = receivers(situation, datacenter, pod);
    if receivers.is_empty() {
        return None;
    }
    let share = load / receivers.len() as u64 * SHARE;
    for (other, host_id) in receivers {
        let Some(used) = situation.gossip.load(host_id) else {
            return unknown("how much data the nodes that stay hold");
        };
        let capacity: u64 = situation.claims_of(other).filter(|(_, it)| it.is_data).map(|(_, it)| it.capacity).sum();
        if capacity == 0 {
            return unknown("how large the volumes of the nodes that stay are");
        }
        if capacity.saturating_sub(used) < share {
            let text = format!(
                "{other} has {} bytes free and needs {share} for the data of {pod}",
                capacity.saturating_sub(used)
            );
            return Some(Next::Refuse(vec![Reason::about("NoRoom", pod, text)]));
        }
    }
    None
}

/// The nodes that get the data: those that stay in the rack, or, when it loses its last, in the datacenter.
fn receivers<'s>(situation: &Situation<'s>, datacenter: &Datacenter, pod: &str) -> Vec<(&'s str, &'s str)> {
    let all = situation.state.host_ids.iter().filter(|(other, _)| *other != pod);
    let all: Vec<(&str, &str)> = all.map(|(other, host_id)| (other.as_str(), host_id.as_str())).collect();
    let in_rack: Vec<_> =
        all.iter().copied().filter(|(other, _)| names::set_of_pod(other) == names::set_of_pod(pod)).collect();
    if !in_rack.is_empty() {
        return in_rack;
    }
    let is_here =
        |other: &str| datacenter.racks.iter().any(|rack| names::set_of_pod(other) == Some(&rack.stateful_set));
    all.into_iter().filter(|(other, _)| is_here(other)).collect()
}
