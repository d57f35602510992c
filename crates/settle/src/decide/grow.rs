//! Nodes join, one after the other, in the order of first starts. A pod gets its replica when the node before it is a
//! member; the gate of the pod looks once more.

use super::{Next, elsewhere};
use crate::action::{Action, Reason, ScaleReason};
use crate::guard::Guard;
use crate::situation::{Place, Situation};
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let missing = not_applied(situation);
    if !missing.is_empty() {
        return Next::Wait(missing);
    }
    if situation.places().any(|place| situation.live_nodes(place) > place.rack.nodes) {
        return Next::Later; // nodes leave before others join
    }
    for pod in situation.wanted() {
        let Some((place, ordinal)) = situation.place_of(&pod) else { continue };
        if place.set.replicas <= ordinal {
            if let Some(reason) = claim_of_nobody(situation, &pod) {
                return Next::Refuse(vec![reason]);
            }
            let set = place.rack.stateful_set.clone();
            let scale = || Action::Scale { set, from: place.set.replicas, to: ordinal + 1, why: ScaleReason::Joins };
            return Next::unless(not_now(situation, place, &pod), scale);
        }
    }
    let waits = incomplete(situation);
    if waits.is_empty() { Next::Nothing } else { Next::Wait(waits) }
}

/// StatefulSets that are not there yet, or are older or newer than the desired ring.
fn not_applied(situation: &Situation<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for rack in situation.datacenters().flat_map(|datacenter| &datacenter.racks) {
        let set = &rack.stateful_set;
        if !situation.seen.objects.sets.contains_key(set) {
            reasons.push(Reason::about("NotApplied", set, format!("{set} does not exist yet")));
        }
    }
    let other = situation.places().filter(|place| !situation.is_applied(*place)).map(|place| &place.rack.stateful_set);
    reasons.extend(
        other.map(|set| Reason::about("NotApplied", set, format!("{set} is not as the desired ring says yet"))),
    );
    reasons
}

/// Why a pod does not get its replica now.
fn not_now(situation: &Situation<'_>, place: Place<'_>, pod: &str) -> Vec<Reason> {
    let nobody = situation.seen.objects.pods.is_empty() && situation.state.host_ids.is_empty();
    if nobody && (!situation.state.founded || situation.all_left()) {
        return Vec::new(); // the first one: only its gate can see the nodes of other Kubernetes clusters
    }
    let mut reasons = situation.not_ready_to_change(&Aside::nothing());
    reasons.extend(situation.unready(&Aside::nothing()));
    reasons.extend(other_version(situation));
    reasons.extend(elsewhere::joining_before(situation, place.datacenter));
    let waits = situation.not_members();
    if !situation.holds(Guard::OneJoins, || waits.is_empty()) {
        reasons.extend(waits);
    }
    if situation.holds(Guard::ClaimCleared, || !situation.state.left.contains_key(pod)) {
        return reasons;
    }
    reasons.push(Reason::about("ClaimNotCleared", pod, format!("{pod} has the claims of a node that left")));
    reasons
}

/// A claim that is there before its pod, of which nothing is remembered: it may be of a node that left, or of a member that is
/// lost. No node comes up on it by itself.
fn claim_of_nobody(situation: &Situation<'_>, pod: &str) -> Option<Reason> {
    let is_known = situation.state.left.contains_key(pod) || !situation.state.founded;
    let (claim, _) = situation.claims_of(pod).find(|(_, claim)| claim.is_data)?;
    let text = format!(
        "{claim} exists, and nothing is known of a node that used it. Delete it if no node needs it, then {pod} joins"
    );
    let reason = Reason::about("ClaimUnknown", claim, text);
    (!is_known && !situation.is_off(Guard::ClaimCleared)).then_some(reason)
}

/// A new node would come up with another version than those that run.
fn other_version(situation: &Situation<'_>) -> Option<Reason> {
    let wanted = situation.ring.version;
    let other = situation.gossip.releases().into_iter().find(|release| *release != wanted)?;
    let reason = Reason::of_ring("VersionsMixed", format!("nodes run {other}, and a new one would run {wanted}"));
    (!situation.is_off(Guard::VersionsAgree)).then_some(reason)
}

/// What is missing once every pod has its replica.
fn incomplete(situation: &Situation<'_>) -> Vec<Reason> {
    let mut reasons = situation.not_members();
    reasons.extend(situation.unready(&Aside::pods(situation, situation.drained())));
    reasons
}
