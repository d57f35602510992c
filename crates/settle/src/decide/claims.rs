//! Claims: they grow as the topology says, and those of nodes that left go by policy.

use cassc_ring::desired::WhenNodesLeave;
use cassc_ring::names;
use cassc_ring::quantity::bytes;

use super::Next;
use crate::action::{Action, Reason};
use crate::guard::Guard;
use crate::observed::Claim;
use crate::situation::Situation;
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    match expand(situation) {
        Next::Nothing => departed(situation),
        next => next,
    }
}

/// Claims of the data of pods that are asked for, up to the size that is asked for, whatever the pod's health.
fn expand(situation: &Situation<'_>) -> Next {
    let mut waits = Vec::new();
    for place in situation.places() {
        let Some(size) = &place.rack.expand_to else { continue };
        let Some(wanted) = bytes(size) else { continue };
        for (name, claim) in data_claims(situation, &place.rack.stateful_set) {
            if claim.requested < wanted {
                if claim.is_fixed {
                    let text = format!("the StorageClass of {name} does not allow expansion");
                    return Next::Refuse(vec![Reason::about("ClassDoesNotExpand", name, text)]);
                }
                let (claim, uid, size) = (name.to_owned(), claim.uid.clone(), size.clone());
                return Next::Act(Action::ExpandClaim { claim, uid, size });
            }
            if claim.capacity < wanted {
                let text = format!("{name} is being expanded to {size}; some drivers need the pod to restart for it");
                waits.push(Reason::about("ClaimGrows", name, text));
            }
        }
    }
    if waits.is_empty() { Next::Nothing } else { Next::Wait(waits) }
}

fn data_claims<'s>(situation: &Situation<'s>, set: &str) -> Vec<(&'s str, &'s Claim)> {
    let is_of = |claim: &Claim| claim.is_data && !claim.is_deleting && names::set_of_pod(&claim.pod) == Some(set);
    let claims = situation.seen.objects.claims.iter().filter(|(_, claim)| is_of(claim));
    claims
        .filter(|(_, claim)| !situation.state.left.contains_key(&claim.pod))
        .map(|(name, it)| (name.as_str(), it))
        .collect()
}

/// Claims of nodes that left and whose pods are not asked for.
fn departed(situation: &Situation<'_>) -> Next {
    let is_meant = |pod: &str| {
        situation.place_of(pod).is_some_and(|(place, ordinal)| {
            ordinal >= place.rack.nodes
                && place.set.replicas <= ordinal
                && place.rack.when_nodes_leave == Some(WhenNodesLeave::Delete)
        })
    };
    let pods = situation.state.left.keys().filter(|pod| is_meant(pod));
    pods.map(|pod| delete(situation, pod)).find(|next| !matches!(next, Next::Nothing)).unwrap_or(Next::Nothing)
}

/// Deletes the claims of a pod whose node left, one after the other, when nobody mounts them.
pub(super) fn delete(situation: &Situation<'_>, pod: &str) -> Next {
    let Some(host_id) = situation.state.left.get(pod) else { return Next::Nothing };
    let claims: Vec<(&str, &Claim)> = situation.claims_of(pod).collect();
    if claims.is_empty() {
        return Next::Nothing;
    }
    let strangers = situation.strangers(&Aside::nothing());
    if !strangers.is_empty() {
        return Next::Wait(strangers);
    }
    let is_gone = situation.is_gone(host_id) && !situation.state.host_ids.values().any(|it| it == host_id);
    if !situation.holds(Guard::NodeHasLeft, || is_gone) {
        let text = format!("the claims of {pod} stay until no node lists {host_id} as a member");
        return Next::Wait(vec![Reason::about("NodeStillListed", pod, text)]);
    }
    if !situation.holds(Guard::ClaimUnmounted, || {
        situation.pod(pod).is_none() && !claims.iter().any(|(it, _)| situation.is_mounted(it))
    }) {
        return Next::Wait(vec![Reason::about(
            "PodEnding",
            pod,
            format!("{pod} is still there{}", ending(situation, pod)),
        )]);
    }
    match claims.iter().find(|(_, claim)| !claim.is_deleting) {
        Some((name, claim)) => {
            let (claim, uid) = ((*name).to_owned(), claim.uid.clone());
            Next::Act(Action::DeleteClaim { claim, uid, pod: pod.to_owned(), why: "its node has left the ring" })
        }
        None => Next::Wait(vec![Reason::about("ClaimEnding", pod, format!("the claims of {pod} are being deleted"))]),
    }
}

/// What a person can do about a pod that does not end.
fn ending(situation: &Situation<'_>, pod: &str) -> &'static str {
    match situation.pod(pod) {
        Some(pod) if pod.is_deleting => {
            ". If its worker is gone for good, delete the Node object or give it the taint node.kubernetes.io/out-of-service"
        }
        _ => "",
    }
}
