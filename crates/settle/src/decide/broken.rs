//! Pods that do no good as they are and that nothing else cures: with an older template than the one that may cure them,
//! or with the address of another member (Cassandra refuses to start with it). Their nodes are down, so deleting them
//! takes nothing away.

use super::{Next, roll};
use crate::action::{Action, Reason};
use crate::cluster::Time;
use crate::guard::Guard;
use crate::observed::Pod;
use crate::situation::{Place, Situation};

/// How long a pod without any trouble may take to come up before it counts as broken, in seconds: Cass Operator waits
/// ten minutes for a node that was started.
pub(super) const PATIENCE: Time = 600;

/// The same for a pod with the address of another member, in seconds: time does not help it, so this is only long enough for one
/// start, and for the others to notice a new address.
const PATIENCE_WITH_ADDRESS: Time = 120;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let mut pods = situation.seen.objects.pods.iter();
    let swapped = |(name, pod): &(&String, &Pod)| {
        has_anothers_address(situation, name, pod) && is_broken(situation, name, PATIENCE_WITH_ADDRESS)
    };
    if let Some((name, pod)) = pods.find(swapped) {
        return delete(name, pod, "it came back with the address of another node");
    }
    let broken = |(name, _): &(&String, &Pod)| is_broken(situation, name, PATIENCE);
    let pods: Vec<(&String, &Pod)> = situation.seen.objects.pods.iter().filter(broken).collect();
    let is_old =
        |name: &str, pod: &Pod| situation.place_of(name).is_some_and(|(place, _)| is_behind(situation, place, pod));
    let in_gate = |name: &str, pod: &Pod| pod.is_in_gate && situation.member(name).is_none();
    let mut all = situation.seen.objects.pods.iter();
    let may_go = |(name, pod): &(&String, &Pod)| is_old(name, pod) && !may_come_up(situation, pod);
    let (found, why) = match pods.into_iter().find(may_go) {
        Some(found) => (Some(found), "it is down and runs an older template"),
        None => (
            all.find(|(name, pod)| in_gate(name, pod) && is_old(name, pod)),
            "it has not started yet and has an older template",
        ),
    };
    match found {
        // `roll` says why
        Some(_) if roll::held(situation, 0).is_some() || roll::versions(situation).is_some() => Next::Nothing,
        Some((name, pod)) => delete(name, pod, why),
        None => Next::Nothing,
    }
}

/// Whether a pod may still come up by itself, while the pod of another member restarts or is not up with the newest template.
/// After a power loss all pods are down: if each of them were given a template that never runs, none would come back.
fn may_come_up(situation: &Situation<'_>, pod: &Pod) -> bool {
    let is_newest = |name: &str, pod: &Pod| {
        situation.place_of(name).is_some_and(|(place, _)| pod.revision == place.set.update_revision)
    };
    let is_on_trial = |name: &String| match situation.pod(name) {
        Some(pod) => pod.is_deleting || !pod.is_ready && is_newest(name, pod),
        None => true,
    };
    pod.trouble.is_none() && !situation.holds(Guard::OthersUp, || !situation.state.host_ids.keys().any(is_on_trial))
}

fn delete(name: &str, pod: &Pod, why: &'static str) -> Next {
    Next::Act(Action::DeletePod { pod: name.to_owned(), uid: pod.uid.clone(), why, at_once: false })
}

/// Whether a pod has another template than its StatefulSet, as far as that is known.
pub(super) fn is_behind(situation: &Situation<'_>, place: Place<'_>, pod: &Pod) -> bool {
    situation.is_applied(place)
        && situation.holds(Guard::RevisionObserved, || place.set.is_observed)
        && !pod.is_deleting
        && pod.revision != place.set.update_revision
}

/// Whether a pod's node is down for everybody who answers, and its pod is in trouble or has been down for `patience` seconds. A
/// node that joins or leaves is not broken.
fn is_broken(situation: &Situation<'_>, name: &str, patience: Time) -> bool {
    let Some(pod) = situation.pod(name) else { return false };
    let is_up = situation.member(name).is_some_and(|host_id| situation.gossip.is_alive(host_id));
    let joins = pod.address.as_ref().is_some_and(|address| situation.gossip.is_joining_at(address));
    let works = situation.state.memory.jobs.contains_key(name);
    let says_something = situation.gossip.local(name).is_some();
    let long = situation.seen.now.saturating_sub(pod.ready_since) >= patience;
    // A node that takes the place of another says so only after a while.
    let replaces = situation.state.replaces.contains_key(name) && pod.trouble.is_none();
    !pod.is_ready
        && !pod.is_deleting
        && !is_up
        && !joins
        && !works
        && !replaces
        && !says_something
        && (pod.trouble.is_some() || long)
}

/// Whether the pod's address is the last one of another member: one that came up since has another by now.
fn has_anothers_address(situation: &Situation<'_>, name: &str, pod: &Pod) -> bool {
    let Some(address) = &pod.address else { return false };
    let mut nodes = situation.state.memory.nodes.iter();
    !pod.is_in_gate && nodes.any(|(other, node)| other != name && node.address == *address)
}

/// Why a pod with the newest template that does not come up ends the rolling restart; `None` while it may still come.
pub(super) fn never_came_up(situation: &Situation<'_>, name: &str, pod: &Pod) -> Option<Reason> {
    let long = situation.seen.now.saturating_sub(pod.ready_since) >= PATIENCE;
    (is_broken(situation, name, PATIENCE) && long).then(|| {
        let text = format!("{name} does not come up with the new template{}", situation.trouble(name));
        Reason::about("PodNeverReady", name, text)
    })
}
