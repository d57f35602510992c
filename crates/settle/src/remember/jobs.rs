//! How the jobs under way go: what is over, what goes on, what is started again, and what a person has to look at.

use crate::cluster::{JobStatus, NodeJob, TableTask, Time};
use crate::gossip::Standing;
use crate::guard::Guard;
use crate::situation::Situation;
use crate::state::{Failed, Running, State};

use super::{LEFT_FOR, depart, operations};

/// How long it is waited for a decommission of which it is not known whether the request arrived, in seconds. A node says
/// LEAVING at once and for at least 30 s (`RING_DELAY`).
const UNHEARD_FOR: Time = 60;

/// The longest time between two looks that would have shown a node LEAVING, in seconds.
const CLOSE_LOOKS: Time = 25;

/// How often a job that may be repeated is started before somebody has to look at it.
const MOST_STARTS: u32 = 3;

/// How the jobs under way go.
pub(super) fn jobs(situation: &Situation<'_>, state: &mut State) {
    for (pod, running) in state.memory.jobs.clone() {
        let outcome = match (&running.job, &running.refused) {
            (job, Some(text)) => Outcome::Failed("JobRefused", format!("{pod} refused {}: {text}", job.name())),
            (NodeJob::Decommission { .. }, None) => decommission(situation, &pod, &running),
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
                    let name = running.job.name();
                    let message = format!(
                        "{name} of {pod} failed {MOST_STARTS} times. Look at its log, and run nodetool {name} there"
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
    let mut failed = Failed { host_id: running.host_id.clone(), reason: reason.to_owned(), message, retry };
    state.memory.attempts.remove(pod);
    let id = running.operation.as_ref();
    if id.is_some_and(|id| operations::job_failed(situation, state, pod, &failed, id)) {
        return;
    }
    failed.message += ", then write another rollout.retry";
    state.memory.failed.insert(pod.to_owned(), failed);
}

fn succeeded(situation: &Situation<'_>, state: &mut State, pod: &str, running: &Running) {
    state.memory.attempts.remove(pod);
    operations::job_done(state, pod, running);
    match &running.job {
        NodeJob::Decommission { .. } => depart(state, pod, &running.host_id),
        NodeJob::Tables { task: TableTask::Cleanup, keyspace: None, .. } => {
            state.memory.needs_cleanup.remove(pod);
        }
        NodeJob::Rebuild { .. } => {
            state.memory.needs_rebuild.values_mut().for_each(|pods| {
                pods.remove(pod);
            });
        }
        NodeJob::Tables { task: TableTask::Upgrade, keyspace: None, .. } => {
            let node = state.memory.nodes.entry(pod.to_owned()).or_default();
            node.tables = Some(situation.ring.version.minor.name().to_owned());
        }
        NodeJob::Repair { keyspace, primary: false, .. } => {
            if let Some(pods) = state.memory.needs_repair.get_mut(keyspace) {
                pods.remove(pod);
            }
        }
        NodeJob::Repair { .. }
        | NodeJob::Tables { .. }
        | NodeJob::Snapshot { .. }
        | NodeJob::Move { .. }
        | NodeJob::Drain => {}
    }
}

/// All other jobs: what was lost is done again, and counted.
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
                 believes to have sent. Restart the node, run nodetool repair -full on it"
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
    running.seen_leaving |= !close || running.id.is_some() || (!is_up && !has_left && local == Standing::Member);
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
