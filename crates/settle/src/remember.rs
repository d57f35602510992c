//! What one look adds to what is remembered. A pure function: nothing is done, and nothing is asked.

use std::collections::BTreeSet;

use cassc_ring::release::Release;

use crate::cluster::{JobStatus, NodeJob, Time};
use crate::guard::Guard;
use crate::observed::Status;
use crate::situation::Situation;
use crate::state::{Failed, Running, State};

/// How long a node must have been LEFT when nobody can say how its decommission ended, in seconds: longer than gossip
/// needs to bring another word of it, and than the time between LEFT and the end of the job (30 s, observed).
const LEFT_FOR: Time = 60;

/// How long it is waited for a decommission of which it is not known whether the request arrived, in seconds. A node says
/// LEAVING at once and for at least 30 s (`RING_DELAY`).
const UNHEARD_FOR: Time = 60;

/// The longest time between two looks that would have shown a node LEAVING, in seconds.
const CLOSE_LOOKS: Time = 25;

/// How often a job that may be repeated is started before somebody has to look at it.
const MOST_STARTS: u32 = 3;

/// What is remembered after a look.
pub fn remember(situation: &Situation<'_>) -> State {
    let mut state = situation.state.clone();
    forget_failures(situation, &mut state);
    jobs(situation, &mut state);
    nodes(situation, &mut state);
    departures(situation, &mut state);
    replacements(situation, &mut state);
    cleared(situation, &mut state);
    settled_facts(situation, &mut state);
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
    let nothing_to_copy = !keyspaces.keys().any(|keyspace| !is_system(keyspace)) && situation.gossip.schema_agrees();
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

/// Whether a keyspace is Cassandra's own.
pub(crate) fn is_system(keyspace: &str) -> bool {
    matches!(keyspace, "system" | "system_schema" | "system_virtual_schema" | "system_views")
        || SYSTEM_KEYSPACES.contains(&keyspace)
}

/// Cassandra's own keyspaces that are distributed.
pub(crate) const SYSTEM_KEYSPACES: [&str; 3] = ["system_auth", "system_distributed", "system_traces"];

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
        let is_here = |other: &&String| other.rsplit_once('-').is_some_and(|(set, _)| racks.contains(set));
        let others = state.host_ids.keys().filter(is_here).filter(|other| *other != pod);
        state.memory.needs_cleanup.extend(others.cloned().collect::<Vec<_>>());
    }
}

/// Whether no other pod of the datacenter has a node yet.
fn is_first_of_datacenter(situation: &Situation<'_>, state: &State, pod: &str) -> bool {
    let Some((place, _)) = situation.place_of(pod) else { return false };
    let is_here = |set: &str| place.datacenter.racks.iter().any(|rack| rack.stateful_set == set);
    !state.host_ids.keys().any(|other| other.rsplit_once('-').is_some_and(|(set, _)| is_here(set)))
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

/// A replacement is over when the new node is NORMAL and nobody else is listed at the old address.
fn replacements(situation: &Situation<'_>, state: &mut State) {
    let is_over = |pod: &String, address: &String| {
        let local = situation.gossip.local(pod).filter(|it| it.status == Status::Normal && it.is_alive);
        let host_id = local.and_then(|it| it.host_id.as_deref());
        host_id.is_some_and(|host_id| {
            state.host_ids.get(pod).is_some_and(|known| known == host_id)
                && !situation.gossip.has_member_at(address, Some(host_id))
        })
    };
    let over: Vec<String> =
        state.replaces.iter().filter(|(pod, address)| is_over(pod, address)).map(|(pod, _)| pod.clone()).collect();
    for pod in over {
        state.replaces.remove(&pod);
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

/// How the jobs under way go.
fn jobs(situation: &Situation<'_>, state: &mut State) {
    for (pod, running) in state.memory.jobs.clone() {
        let outcome = match &running.job {
            NodeJob::Decommission { .. } => decommission(situation, &pod, &running),
            _ => repeatable(situation, &pod, &running),
        };
        match outcome {
            Outcome::GoesOn(running) => drop(state.memory.jobs.insert(pod, running)),
            Outcome::Succeeded => {
                state.memory.jobs.remove(&pod);
                succeeded(situation, state, &pod, &running);
            }
            Outcome::Again => {
                state.memory.jobs.remove(&pod);
                let attempts = state.memory.attempts.entry(pod.clone()).or_default();
                *attempts += 1;
                if *attempts >= MOST_STARTS {
                    let message = format!(
                        "{} of {pod} failed {MOST_STARTS} times. Look at its log, run nodetool {} there, or set another rollout.retry",
                        running.job.name(),
                        running.job.name()
                    );
                    fail(situation, state, &pod, &running, "JobFailed", message);
                }
            }
            Outcome::Failed(reason, message) => {
                state.memory.jobs.remove(&pod);
                fail(situation, state, &pod, &running, reason, message);
            }
        }
    }
}

/// How a job stands.
enum Outcome {
    /// It runs, or nobody knows yet.
    GoesOn(Running),
    /// It is done.
    Succeeded,
    /// It did not happen, and may be started again.
    Again,
    /// A person has to look at it: reason and message.
    Failed(&'static str, String),
}

fn fail(situation: &Situation<'_>, state: &mut State, pod: &str, running: &Running, reason: &str, message: String) {
    let retry = situation.ring.rollout.retry.clone();
    let failed = Failed { host_id: running.host_id.clone(), reason: reason.to_owned(), message, retry };
    state.memory.attempts.remove(pod);
    state.memory.failed.insert(pod.to_owned(), failed);
}

fn succeeded(situation: &Situation<'_>, state: &mut State, pod: &str, running: &Running) {
    state.memory.attempts.remove(pod);
    match &running.job {
        NodeJob::Decommission { .. } => depart(state, pod, &running.host_id),
        NodeJob::Cleanup => drop(state.memory.needs_cleanup.remove(pod)),
        NodeJob::Rebuild { .. } => {
            state.memory.needs_rebuild.values_mut().for_each(|pods| {
                pods.remove(pod);
            });
        }
        NodeJob::UpgradeTables => {
            let node = state.memory.nodes.entry(pod.to_owned()).or_default();
            node.tables = Some(situation.ring.version.minor.name().to_owned());
        }
        NodeJob::Repair { keyspace } => {
            if let Some(pods) = state.memory.needs_repair.get_mut(keyspace) {
                pods.remove(pod);
            }
        }
    }
}

/// Cleanup, rebuild, upgradesstables and repair: what was lost is done again, and counted.
fn repeatable(situation: &Situation<'_>, pod: &str, running: &Running) -> Outcome {
    let same_node = situation.gossip.local(pod).is_none_or(|it| it.host_id.as_deref() == Some(&running.host_id));
    let same_pod = situation.pod(pod).is_none_or(|it| it.uid == running.pod_uid);
    if !same_node || !same_pod {
        return Outcome::Again;
    }
    let waited = situation.seen.now.saturating_sub(running.since) >= UNHEARD_FOR;
    match situation.seen.jobs.get(pod) {
        Some(Ok(JobStatus::Completed)) => Outcome::Succeeded,
        Some(Ok(JobStatus::Failed(_) | JobStatus::Lost)) => Outcome::Again,
        None if running.id.is_none() && waited => Outcome::Again,
        _ => Outcome::GoesOn(running.clone()),
    }
}

/// A decommission is over when everybody who answers says LEFT and the job ended well; if nobody knows the job any more, when
/// that has been so for a minute. It is never started twice by itself once it may have begun: rows of `transferred_ranges` survive
/// a failed one and are skipped by the next (CASSANDRA-16290).
fn decommission(situation: &Situation<'_>, pod: &str, running: &Running) -> Outcome {
    let has_left = situation.gossip.has_left(&running.host_id);
    let off = |guard| situation.is_off(guard);
    match job_of(situation, pod, running) {
        JobStatus::Completed if has_left || off(Guard::LeftBeforeLower) => Outcome::Succeeded,
        JobStatus::Running if off(Guard::LeftBeforeLower) || has_left && off(Guard::JobEnded) => Outcome::Succeeded,
        JobStatus::Completed | JobStatus::Running => Outcome::GoesOn(running.clone()),
        JobStatus::Failed(text) if is_refusal(&text) => Outcome::Again,
        JobStatus::Failed(text) if !text.contains("not a member of the token ring") => {
            failed_decommission(situation, pod, &text)
        }
        JobStatus::Failed(_) | JobStatus::Lost => lost_decommission(situation, running, has_left),
    }
}

/// How a job stands: an answer that is missing from the pod that runs it says nothing; another pod does not know it.
fn job_of(situation: &Situation<'_>, pod: &str, running: &Running) -> JobStatus {
    let is_same_pod = situation.pod(pod).is_some_and(|it| it.uid == running.pod_uid);
    match (&running.id, situation.seen.jobs.get(pod)) {
        (Some(_), Some(Ok(status))) => status.clone(),
        (Some(_), _) if is_same_pod => JobStatus::Running,
        _ => JobStatus::Lost,
    }
}

/// Whether the text says that Cassandra refused before it did anything (observed with 4.1 and 5.0).
fn is_refusal(text: &str) -> bool {
    text.contains("Not enough live nodes to maintain replication factor") || text.contains("no other normal nodes")
}

fn failed_decommission(situation: &Situation<'_>, pod: &str, text: &str) -> Outcome {
    if !situation.is_off(Guard::FailedOnce) {
        return Outcome::Failed(
            "DecommissionFailed",
            format!(
                "the decommission of {pod} failed ({text}). It is not tried again by itself, because Cassandra may skip what it \
                 believes to have sent. Restart the node, run nodetool repair -full on it, then set another rollout.retry"
            ),
        );
    }
    Outcome::Again
}

/// A decommission of which no job is known: it has ended, has been given up with a restart of the node, or never began.
fn lost_decommission(situation: &Situation<'_>, running: &Running, has_left: bool) -> Outcome {
    let now = situation.seen.now;
    let mut running = running.clone();
    let close = running.last_look == 0 || now.saturating_sub(running.last_look) <= CLOSE_LOOKS;
    let local = situation.gossip.standing(&running.host_id);
    let is_up = situation.gossip.is_up(&running.host_id);
    running.seen_leaving |=
        !close || running.id.is_some() || (!is_up && !has_left && local == crate::gossip::Standing::Member);
    running.last_look = now;
    if has_left {
        let since = *running.left_since.get_or_insert(now);
        let long_enough = situation.holds(Guard::LeftForAMinute, || now.saturating_sub(since) >= LEFT_FOR);
        return if long_enough { Outcome::Succeeded } else { Outcome::GoesOn(running) };
    }
    running.left_since = None;
    let waited = now.saturating_sub(running.since) >= UNHEARD_FOR;
    match (is_up && waited, running.seen_leaving) {
        (true, true) => failed_decommission(situation, "the node", "it is NORMAL again, and no job is known"),
        (true, false) => Outcome::Again,
        (false, _) => Outcome::GoesOn(running),
    }
}
