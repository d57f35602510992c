//! A node whose volume is lost, or whose worker is gone, is replaced by a new one in the same pod. Its address goes into the state for
//! the gate of the pod first. A pod that waits in its gate goes on then; for any other, the claims and the pod are deleted, and the
//! StatefulSet makes them anew.

use cassc_ring::operation::Operation;

use super::cures::{elsewhere, is_kubelet_gone, may_come_back, not_dead, not_now, replacing};
use super::{Next, begins};
use crate::action::{Action, Reason};
use crate::gossip::Standing;
use crate::guard::Guard;
use crate::observed::{Claim, Pod};
use crate::record::Record;
use crate::situation::Situation;

/// Why claims and pods are deleted.
const WHY: &str = "its node is lost and is replaced";

pub(super) fn begin(situation: &Situation<'_>, operation: &Operation) -> Next {
    let Some(pod) = operation.pods.first() else { return Next::Nothing };
    if situation.place_of(pod).is_none() {
        return elsewhere(operation);
    }
    let Some(host_id) = situation.member(pod) else {
        let text = format!("{pod} has no node that was ever seen in the ring: nothing can be replaced");
        return Next::Refuse(vec![Reason::about("NodeUnknown", pod, text)]);
    };
    if let Some(next) = not_dead(situation, host_id, Some(pod)) {
        return next;
    }
    let mut reasons: Vec<Reason> = may_come_back(situation, pod).into_iter().collect();
    reasons.extend(not_now(situation));
    let is_listed = situation.gossip.standing(host_id) == Standing::Member;
    let Some(address) = situation.gossip.address_of(host_id).filter(|_| is_listed) else {
        reasons.push(Reason::about("NoAnswer", pod, format!("the nodes do not say at which address {host_id} was")));
        return Next::Wait(reasons);
    };
    let record = lost(situation, operation, pod, host_id, address);
    if reasons.is_empty() { begins(operation, record) } else { Next::Wait(reasons) }
}

/// What is remembered: also what is to be deleted, where the pod does not wait in its gate for the address alone.
fn lost(situation: &Situation<'_>, operation: &Operation, pod: &str, host_id: &str, address: &str) -> Record {
    let mut record = Record::of(operation, vec![pod.to_owned()]);
    (record.host_id, record.address) = (Some(host_id.to_owned()), Some(address.to_owned()));
    let found = situation.pod(pod);
    if found.is_some_and(waits_in_gate) {
        return record;
    }
    with_what_goes(situation, record, pod)
}

/// The record with the pod and its claims as they are now: they are deleted.
fn with_what_goes(situation: &Situation<'_>, mut record: Record, pod: &str) -> Record {
    let found = situation.pod(pod);
    record.pods = found.iter().map(|it| (pod.to_owned(), it.uid.clone())).collect();
    record.claims = situation.claims_of(pod).map(|(name, claim)| (name.to_owned(), claim.uid.clone())).collect();
    record
}

/// Whether a pod is in its gate, and its gate runs: a volume with the node's data would have been let through at once.
fn waits_in_gate(pod: &Pod) -> bool {
    pod.is_in_gate && pod.trouble.is_none() && pod.address.is_some() && !pod.is_deleting
}

/// The claims of the lost node go first, while nothing of it runs; then its pod. Each act looks whether the node is still dead.
pub(super) fn go_on(situation: &Situation<'_>, id: &str, record: &Record) -> Next {
    let (Some(name), Some(host_id)) = (record.todo.first(), &record.host_id) else { return Next::Nothing };
    let is_old =
        |claim: &str, it: &Claim| situation.holds(Guard::LostClaims, || record.claims.get(claim) == Some(&it.uid));
    let claims: Vec<(&str, &Claim)> = situation.claims_of(name).filter(|(claim, it)| is_old(claim, it)).collect();
    let pod = situation.pod(name);
    let pod_exists = pod.is_some();
    let is_old_pod = pod.is_some_and(|it| record.pods.get(name) == Some(&it.uid));
    if claims.is_empty() && !is_old_pod {
        // Its gate was to go on with the address, and cannot run: its worker is gone.
        let stuck = record.pods.is_empty() && pod.is_some_and(|it| it.is_in_gate && it.trouble.is_some());
        if !stuck || may_come_back(situation, name).is_some() {
            return Next::Wait(vec![replacing(situation, name)]);
        }
        let record = Record { since: 0, ..with_what_goes(situation, record.clone(), name) };
        return Next::Act(Action::Begin { id: id.to_owned(), record: Box::new(record) });
    }
    if let Some(next) = not_dead(situation, host_id, Some(name)) {
        return next;
    }
    if let Some((claim, it)) = claims.iter().find(|(_, it)| !it.is_deleting) {
        let (claim, uid, pod) = ((*claim).to_owned(), it.uid.clone(), name.clone());
        let is_untouched = claims.iter().all(|(_, it)| !it.is_deleting);
        let mut reasons: Vec<Reason> =
            may_come_back(situation, name).filter(|_| is_untouched && pod_exists).into_iter().collect();
        reasons.extend(not_now(situation));
        return Next::unless(reasons, || Action::DeleteClaim { claim, uid, pod, why: WHY });
    }
    match pod {
        Some(pod) => end(situation, name, pod),
        None => Next::Wait(vec![Reason::about("ClaimEnding", name, format!("the claims of {name} are being deleted"))]),
    }
}

/// Ends a pod of a lost node: in its own time, or at once where nobody is left who could.
fn end(situation: &Situation<'_>, name: &str, pod: &Pod) -> Next {
    if pod.is_deleting && !is_kubelet_gone(situation, name) {
        return Next::Wait(vec![Reason::about("PodEnding", name, format!("{name} ends"))]);
    }
    Next::Act(Action::DeletePod { pod: name.to_owned(), uid: pod.uid.clone(), why: WHY, at_once: pod.is_deleting })
}
