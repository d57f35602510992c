//! Pods with an older template restart: rack by rack in the order of the ring, highest ordinal first, one at a time,
//! each only when every other node is up. Who is down already is the business of `broken`.

use cassc_ring::facts::bad_upgrade;
use cassc_ring::release::{MINORS, Release};

use super::{Next, broken};
use crate::action::{Action, Reason};
use crate::guard::Guard;
use crate::observed::Pod;
use crate::situation::Situation;
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let (behind, unknown) = (behind(situation), unknown(situation));
    let Some((name, pod)) = behind.first().copied() else {
        return if unknown.is_empty() { Next::Nothing } else { Next::Wait(unknown) };
    };
    if let Some(reason) = never_came_up(situation) {
        return Next::Refuse(vec![reason]);
    }
    if let Some(reason) = held(situation, behind.len()) {
        return Next::Hold(vec![reason]);
    }
    if let Some(reason) = versions(situation) {
        return Next::Refuse(vec![reason]);
    }
    let mut reasons = unknown;
    reasons.extend(not_now(situation, name));
    Next::unless(reasons, || Action::Evict {
        pod: name.to_owned(),
        uid: pod.uid.clone(),
        why: "it has an older template",
    })
}

/// Why a pod does not restart now: nodes are down or change, or jobs run.
pub(super) fn not_now(situation: &Situation<'_>, name: &str) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let itself = Aside::pods(situation, [name]);
    if !situation.is_off(Guard::OthersUp) {
        reasons.extend(situation.others_down(&itself));
        reasons.extend(situation.unready(&itself));
        reasons.extend(situation.strangers(&Aside::nothing()));
    }
    if situation.gossip.releases().len() == 1
        && !situation.holds(Guard::SchemaAgrees, || situation.gossip.schema_agrees())
    {
        reasons.push(Reason::of_ring("SchemaDisagrees", "the nodes do not have one version of the schema"));
    }
    if situation.state.replaces.contains_key(name) {
        reasons.push(Reason::about("Replacing", name, format!("the node of {name} takes the place of a lost one")));
    }
    reasons.extend(situation.running_jobs(&Aside::nothing()));
    reasons
}

/// Whether pods have an older template.
pub(super) fn is_rolling(situation: &Situation<'_>) -> bool {
    !behind(situation).is_empty()
}

/// The pods with an older template, in the order in which they restart.
fn behind<'s>(situation: &Situation<'s>) -> Vec<(&'s str, &'s Pod)> {
    let mut found = Vec::new();
    for place in situation.places() {
        let of_set = situation.seen.objects.pods.iter().filter(|(_, pod)| pod.set == place.rack.stateful_set);
        let mut pods: Vec<_> = of_set.filter(|(_, pod)| broken::is_behind(situation, place, pod)).collect();
        pods.sort_by_key(|(_, pod)| std::cmp::Reverse(pod.ordinal));
        found.extend(pods.into_iter().map(|(name, pod)| (name.as_str(), pod)));
    }
    found
}

/// StatefulSets of which it is not known yet whether their pods are behind.
fn unknown(situation: &Situation<'_>) -> Vec<Reason> {
    let unknown = situation.places().filter(|place| {
        !situation.is_applied(*place) || !situation.holds(Guard::RevisionObserved, || place.set.is_observed)
    });
    let said = |set: &str| Reason::about("NotApplied", set, format!("{set} is not as the desired ring says yet"));
    unknown.map(|place| said(&place.rack.stateful_set)).collect()
}

/// A pod that already has the newest template and does not come up with it.
fn never_came_up(situation: &Situation<'_>) -> Option<Reason> {
    let pods = situation.seen.objects.pods.iter();
    let newest = pods.filter(|(name, pod)| {
        situation
            .place_of(name)
            .is_some_and(|(place, _)| place.set.is_observed && pod.revision == place.set.update_revision)
    });
    newest.into_iter().find_map(|(name, pod)| broken::never_came_up(situation, name, pod))
}

/// Why the topology holds the restart back.
pub(super) fn held(situation: &Situation<'_>, n_behind: usize) -> Option<Reason> {
    let rollout = &situation.ring.rollout;
    if rollout.stopped {
        return Some(Reason::of_ring(
            "RolloutStopped",
            format!("{n_behind} pods wait until rollout.stopped is removed"),
        ));
    }
    let canary = rollout.canary_pods?;
    let newest = situation.seen.objects.pods.iter().filter(|(name, pod)| {
        situation.place_of(name).is_some_and(|(place, _)| pod.revision == place.set.update_revision)
    });
    let done = u32::try_from(newest.count()).unwrap_or(u32::MAX);
    (done >= canary).then(|| Reason::of_ring("Canary", format!("{n_behind} pods wait until rollout.canary is removed")))
}

/// Whether the versions that run, or the formats of the tables, do not allow the new one: what was committed in between may
/// never have been rolled, or tables never rewritten.
pub(super) fn versions(situation: &Situation<'_>) -> Option<Reason> {
    let wanted = situation.ring.version;
    let running =
        situation.gossip.releases().into_iter().map(|release| (release, format!("a node still runs {release}")));
    let lines = situation.state.memory.nodes.values().filter_map(|node| node.tables.as_deref());
    let of_line = |line: &str| MINORS.into_iter().find(|minor| minor.name() == line);
    let tables = lines.filter_map(of_line).map(|minor| {
        let text = format!("tables are still in the format of {minor}");
        (Release { minor, patch: 0 }, text)
    });
    let (_, text) = running.chain(tables).find(|(release, _)| bad_upgrade(*release, wanted).is_some())?;
    let text = format!("{text}, from which Cassandra cannot go to {wanted} at once. Finish the version between first");
    (!situation.is_off(Guard::LiveVersions)).then(|| Reason::of_ring("UpgradeNotAllowed", text))
}
