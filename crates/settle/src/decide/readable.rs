//! Whether what was found can be judged at all: the ring is the right one, and the StatefulSets are as they must be.

use cassc_ring::names;

use super::Next;
use crate::action::Reason;
use crate::guard::Guard;
use crate::observed::Status;
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let refusals: Vec<Reason> =
        foreign(situation).into_iter().chain(lost_volumes(situation)).chain(foreign_sets(situation)).collect();
    if refusals.is_empty() { Next::Nothing } else { Next::Refuse(refusals) }
}

/// Nodes of another cluster: addresses were reused, or two clusters share seeds.
fn foreign(situation: &Situation<'_>) -> Option<Reason> {
    let (address, name) = situation.gossip.foreign(&situation.ring.cluster_name)?;
    let ours = &situation.ring.cluster_name;
    let text = format!(
        "the node at {address} belongs to the cluster {name}, not to {ours}; nothing is done to a ring with it"
    );
    (!situation.is_off(Guard::ForeignNodes)).then(|| Reason::of_ring("OtherCluster", text))
}

/// A pod whose node is another than before, while the one before is still a member.
fn lost_volumes(situation: &Situation<'_>) -> Vec<Reason> {
    let is_lost = |pod: &str, known: &str| {
        let local = situation.gossip.local(pod).filter(|it| it.status == Status::Normal);
        local.and_then(|it| it.host_id.as_deref()).is_some_and(|host_id| host_id != known)
            && !situation.gossip.is_gone(known)
            && !situation.state.replaces.contains_key(pod)
            && !situation.is_off(Guard::VolumeLost)
    };
    let lost = situation.state.host_ids.iter().filter(|(pod, known)| is_lost(pod, known));
    let said = |(pod, known): (&String, &String)| {
        let text = format!(
            "{pod} came up with another host id while its node {known} is still a member: its volume was lost. Replace the \
             node (docs/when-a-pod-waits.md)"
        );
        Reason::about("VolumeLost", pod, text)
    };
    lost.map(said).collect()
}

/// StatefulSets that would restart or delete by themselves.
fn foreign_sets(situation: &Situation<'_>) -> Vec<Reason> {
    let changed = situation.places().filter(|place| !place.set.is_ours);
    let said = |set: &str| {
        let text = format!(
            "{set} has an updateStrategy other than OnDelete, or deletes claims when it is scaled: nothing is done"
        );
        Reason::about("StatefulSetChanged", set, text)
    };
    let mut reasons: Vec<Reason> = changed.map(|place| said(&place.rack.stateful_set)).collect();
    let ours =
        |set: &str| situation.ring.datacenters.iter().any(|it| it.racks.iter().any(|rack| rack.stateful_set == set));
    let others = situation.seen.objects.sets.keys().filter(|set| !ours(set));
    let with_members = others.filter(|set| situation.members_reach(set) > 0);
    reasons.extend(with_members.map(|set| {
        let text = format!("{set} is not in the desired ring, but nodes of {} are members", names::pod(set, 0));
        Reason::about("StatefulSetUnknown", set, text)
    }));
    reasons
}
