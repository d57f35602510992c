//! What one look adds to what is remembered. A pure function: nothing is done, and nothing is asked.

mod jobs;
mod operations;
mod reaper;

use std::collections::BTreeSet;

use cassc_ring::names;
use cassc_ring::release::Release;

use crate::cluster::Time;
use crate::guard::Guard;
use crate::observed::Status;
use crate::situation::Situation;
use crate::state::{Failed, State};

/// How long a node must have been LEFT when nobody can say how its decommission ended, in seconds: longer than gossip
/// needs to bring another word of it, and than the time between LEFT and the end of the job (30 s, observed).
const LEFT_FOR: Time = 60;

/// What is remembered after a look.
pub fn remember(situation: &Situation<'_>) -> State {
    let mut state = situation.state.clone();
    forget_failures(situation, &mut state);
    jobs::jobs(situation, &mut state);
    nodes(situation, &mut state);
    departures(situation, &mut state);
    replacements(situation, &mut state);
    cleared(situation, &mut state);
    operations::operations(situation, &mut state);
    settled_facts(situation, &mut state);
    reaper::reaper(situation, &mut state);
    state.founded |= situation
        .gossip
        .answering()
        .any(|pod| situation.gossip.local(pod).is_some_and(|it| it.status == Status::Normal));
    let all_joined = situation.wanted().iter().all(|pod| state.host_ids.contains_key(pod));
    state.memory.initialized |= all_joined && state.founded;
    state
}

/// What one look at the roles, the keyspaces and the Secrets decides.
fn settled_facts(situation: &Situation<'_>, state: &mut State) {
    if let Some(Ok(roles)) = &situation.seen.roles {
        state.memory.default_role_locked |=
            !roles.iter().any(|role| role.name == "cassandra" && (role.login || role.superuser));
    }
    let Some(Ok(keyspaces)) = &situation.seen.keyspaces else { return };
    let nothing_to_copy =
        keyspaces.keys().all(|keyspace| situation.is_own_keyspace(keyspace)) && situation.gossip.schema_agrees();
    let is_complete = |name: &String| {
        let datacenter = situation.ring.datacenter(name);
        datacenter.is_some_and(|it| it.pods_in_start_order().iter().all(|pod| state.host_ids.contains_key(pod)))
    };
    let over = |(name, pods): (&String, &BTreeSet<String>)| {
        (is_complete(name) && (pods.is_empty() || nothing_to_copy)).then(|| name.clone())
    };
    let over: Vec<String> = state.memory.needs_rebuild.iter().filter_map(over).collect();
    for name in over {
        state.memory.needs_rebuild.remove(&name);
    }
}

/// Another retry token, or another node, ends the record of a failure.
fn forget_failures(situation: &Situation<'_>, state: &mut State) {
    let retry = &situation.ring.rollout.retry;
    let host_ids = state.host_ids.clone();
    let stays = |pod: &String, failed: &mut Failed| {
        failed.retry == *retry && (failed.host_id.is_empty() || host_ids.get(pod) == Some(&failed.host_id))
    };
    state.memory.failed.retain(stays);
}

/// Host ids, addresses and times of the nodes that say NORMAL of themselves.
fn nodes(situation: &Situation<'_>, state: &mut State) {
    for (name, pod) in &situation.seen.objects.pods {
        let Some(local) = situation.gossip.local(name) else { continue };
        let (Some(host_id), Some(address)) = (&local.host_id, &pod.address) else { continue };
        if local.status != Status::Normal || pod.is_in_gate || pod.is_deleting {
            continue;
        }
        let known = state.host_ids.get(name);
        let is_same = known == Some(host_id);
        if !is_same && !may_follow(situation, state, name, host_id) {
            continue;
        }
        if !is_same {
            joined(situation, state, name, host_id);
        }
        let release = local.release.as_deref().and_then(|text| text.split('-').next()?.parse::<Release>().ok());
        let node = state.memory.nodes.entry(name.clone()).or_default();
        if node.address != *address || !is_same {
            state.memory.last_server_node_started = Some(situation.seen.now);
        }
        node.address.clone_from(address);
        if !is_same || node.tables.is_none() {
            node.tables = release.map(|release| release.minor.name().to_owned());
        }
    }
}

/// Whether a host id may be recorded for a pod: it has none, or the node that had it is no longer a member.
fn may_follow(situation: &Situation<'_>, state: &State, pod: &str, host_id: &str) -> bool {
    if state.left.get(pod).is_some_and(|left| left == host_id) || state.host_ids.values().any(|it| it == host_id) {
        return false;
    }
    state.host_ids.get(pod).is_none_or(|known| situation.holds(Guard::VolumeLost, || situation.gossip.is_gone(known)))
}

/// A pod's node became a member.
fn joined(situation: &Situation<'_>, state: &mut State, pod: &str, host_id: &str) {
    let replaces = state.host_ids.contains_key(pod) || state.replaces.contains_key(pod);
    let first_of_datacenter = is_first_of_datacenter(situation, state, pod);
    state.host_ids.insert(pod.to_owned(), host_id.to_owned());
    state.memory.nodes.remove(pod);
    if replaces {
        return;
    }
    let Some((place, _)) = situation.place_of(pod) else { return };
    let datacenter = &place.datacenter.name;
    if first_of_datacenter && has_data_elsewhere(situation, state, pod) {
        state.memory.needs_rebuild.entry(datacenter.clone()).or_default();
    }
    if let Some(pods) = state.memory.needs_rebuild.get_mut(datacenter) {
        pods.insert(pod.to_owned());
    } else if state.memory.initialized {
        let racks: BTreeSet<&str> = place.datacenter.racks.iter().map(|rack| rack.stateful_set.as_str()).collect();
        let is_here = |other: &&String| names::set_of_pod(other).is_some_and(|set| racks.contains(set));
        let others = state.host_ids.keys().filter(is_here).filter(|other| *other != pod);
        state.memory.needs_cleanup.extend(others.cloned().collect::<Vec<_>>());
    }
}

/// Whether no other pod of the datacenter has a node yet.
fn is_first_of_datacenter(situation: &Situation<'_>, state: &State, pod: &str) -> bool {
    let Some((place, _)) = situation.place_of(pod) else { return false };
    let is_here = |set: &str| place.datacenter.racks.iter().any(|rack| rack.stateful_set == set);
    !state.host_ids.keys().any(|other| names::set_of_pod(other).is_some_and(is_here))
}

/// Whether another datacenter may hold data that this one does not: it was there before, here or in another Kubernetes
/// cluster.
fn has_data_elsewhere(situation: &Situation<'_>, state: &State, pod: &str) -> bool {
    let Some((place, _)) = situation.place_of(pod) else { return false };
    let others = situation.gossip.datacenters().into_iter().any(|name| name != place.datacenter.ring_name);
    let is_first = situation.ring.datacenters.first().is_some_and(|first| first.name == place.datacenter.name);
    let all_here = situation.datacenters().count() == situation.ring.datacenters.len();
    others && if all_here { state.memory.initialized || state.founded && !is_first } else { !is_first }
}

/// Nodes that were decommissioned by somebody else: LEFT for everybody who answers, for a while.
fn departures(situation: &Situation<'_>, state: &mut State) {
    let now = situation.seen.now;
    let mut left = Vec::new();
    let unrecorded = unrecorded_departures(situation, state);
    let recorded = state.host_ids.clone().into_iter();
    for (pod, host_id) in recorded.chain(unrecorded) {
        if state.memory.jobs.contains_key(&pod) {
            continue;
        }
        let has_left = situation.gossip.has_left(&host_id) && !is_up_by_itself(situation, &pod, &host_id);
        let node = state.memory.nodes.entry(pod.clone()).or_default();
        match (has_left, node.left_since) {
            (false, _) => node.left_since = None,
            (true, None) => node.left_since = Some(now),
            (true, Some(since)) if situation.holds(Guard::LeftForAMinute, || now.saturating_sub(since) >= LEFT_FOR) => {
                left.push((pod, host_id));
            }
            (true, Some(_)) => {}
        }
    }
    for (pod, host_id) in left {
        depart(state, &pod, &host_id);
    }
}

/// Pods without a record whose node says LEFT of itself: the record was lost.
fn unrecorded_departures(situation: &Situation<'_>, state: &State) -> Vec<(String, String)> {
    let new = situation.seen.objects.pods.keys();
    let new = new.filter(|pod| !state.host_ids.contains_key(*pod) && !state.left.contains_key(*pod));
    let left = new.filter_map(|pod| {
        let local = situation.gossip.local(pod).filter(|it| it.status == Status::Left)?;
        Some((pod.clone(), local.host_id.clone()?))
    });
    left.collect()
}

fn is_up_by_itself(situation: &Situation<'_>, pod: &str, host_id: &str) -> bool {
    let local = situation.gossip.local(pod);
    local.is_some_and(|it| it.host_id.as_deref() == Some(host_id) && it.status != Status::Left)
}

/// A pod's node is no longer a member.
fn depart(state: &mut State, pod: &str, host_id: &str) {
    state.left.insert(pod.to_owned(), host_id.to_owned());
    state.host_ids.remove(pod);
    state.bootstrapped.remove(pod);
    state.replaces.remove(pod);
    state.memory.nodes.remove(pod);
    state.memory.needs_cleanup.remove(pod);
    state.memory.attempts.remove(pod);
    for pods in state.memory.needs_repair.values_mut().chain(state.memory.needs_rebuild.values_mut()) {
        pods.remove(pod);
    }
}

/// A replacement is over when the new node is NORMAL and its predecessor is no longer listed at its address. Who is listed there as the
/// node of another pod got the address since; to wait for it would keep the key for the next replacement of the pod, which would fail
/// with it.
fn replacements(situation: &Situation<'_>, state: &mut State) {
    let is_over = |pod: &String, address: &String| {
        let local = situation.gossip.local(pod).filter(|it| it.status == Status::Normal && it.is_alive);
        let host_id = local.and_then(|it| it.host_id.as_deref());
        let is_known = |other: Option<&str>| other.is_some_and(|other| state.host_ids.values().any(|it| it == other));
        host_id.is_some_and(|host_id| state.host_ids.get(pod).is_some_and(|known| known == host_id))
            && situation.gossip.members_at(address).into_iter().all(is_known)
    };
    let over = state.replaces.iter().filter(|(pod, address)| is_over(pod, address));
    let over: Vec<String> = over.map(|(pod, _)| pod.clone()).collect();
    for pod in over {
        if !operations::is_clearing(situation, state, &pod) {
            state.replaces.remove(&pod);
        }
    }
}

/// `left` is forgotten when neither the pod nor its claims are there, or another node came up in it.
fn cleared(situation: &Situation<'_>, state: &mut State) {
    let host_ids = state.host_ids.clone();
    let is_cleared = |pod: &String| {
        let replicas = situation.place_of(pod).is_some_and(|(place, ordinal)| place.set.replicas > ordinal);
        let nothing = situation.pod(pod).is_none() && situation.claims_of(pod).next().is_none();
        host_ids.contains_key(pod) || nothing && !replicas
    };
    state.left.retain(|pod, _| !is_cleared(pod));
    for pods in state.memory.needs_repair.values_mut() {
        pods.retain(|pod| host_ids.contains_key(pod));
    }
    state.memory.needs_repair.retain(|_, pods| !pods.is_empty());
    state.memory.needs_cleanup.retain(|pod| host_ids.contains_key(pod));
    state.memory.needs_rebuild.values_mut().for_each(|pods| pods.retain(|pod| host_ids.contains_key(pod)));
}
