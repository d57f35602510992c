//! The Events that tell what happened, from what is remembered before and after, and from what is done.

use crate::action::{Action, ScaleReason};
use crate::cluster::Event;
use crate::reaper::ReaperAct;
use crate::record::Record;
use crate::state::State;

/// What changed between two states.
pub fn events(before: &State, after: &State, state_name: &str) -> Vec<Event> {
    let about = |kind, name: &str, reason, message: String, warning| Event {
        kind,
        name: name.to_owned(),
        reason,
        message,
        warning,
    };
    let mut events = Vec::new();
    for (pod, host_id) in &after.host_ids {
        if before.host_ids.get(pod) != Some(host_id) {
            events.push(about(
                "Pod",
                pod,
                "StartedCassandra",
                format!("{pod} is a member of the ring, host id {host_id}"),
                false,
            ));
        }
    }
    for (pod, host_id) in &after.left {
        if before.left.get(pod) != Some(host_id) {
            events.push(about("Pod", pod, "NodeLeft", format!("the node {host_id} of {pod} has left the ring"), false));
        }
    }
    for pod in before.memory.jobs.keys().filter(|pod| !after.memory.jobs.contains_key(*pod)) {
        let name = before.memory.jobs[pod].job.name();
        match after.memory.failed.get(pod).filter(|_| before.memory.jobs[pod].operation.is_none()) {
            Some(failed) => events.push(about("Pod", pod, "JobFailed", failed.message.clone(), true)),
            None => events.push(about("Pod", pod, "JobEnded", format!("{name} of {pod} has ended"), false)),
        }
    }
    for (id, record) in &after.memory.operations {
        events.extend(of_operation(id, before.memory.operations.get(id), record, state_name));
    }
    for (name, condition) in &after.memory.conditions {
        let was = before.memory.conditions.get(name).is_some_and(|it| it.status);
        if condition.status != was && (condition.status || name != "Ready") {
            let reason = if condition.status { "ConditionTrue" } else { "ConditionFalse" };
            let message = format!("{name}: {} {}", condition.reason, condition.message);
            events.push(about(
                "ConfigMap",
                state_name,
                reason,
                message.trim_end().to_owned(),
                name == "Refused" && condition.status,
            ));
        }
    }
    events
}

/// What happened to an operation: nodes failed, or it ended.
fn of_operation(id: &str, before: Option<&Record>, after: &Record, state_name: &str) -> Vec<Event> {
    let about = |reason, message: String, warning| Event {
        kind: "ConfigMap",
        name: state_name.to_owned(),
        reason,
        message: format!("{id}: {message}"),
        warning,
    };
    let is_new = |pod: &&String| before.is_none_or(|before| !before.failed.contains_key(*pod));
    let failed = after.failed.iter().filter(|(pod, _)| is_new(pod));
    let mut events: Vec<Event> =
        failed.map(|(_, failed)| about("OperationFailed", failed.message.clone(), true)).collect();
    if !after.is_open() && before.is_some_and(Record::is_open) {
        let left_out = match after.left_out {
            0 => String::new(),
            number => format!(", {number} left out"),
        };
        let text = format!("{} has ended: {} nodes done{left_out}", after.content.kind.name(), after.done);
        events.push(about("OperationFinished", text, false));
    }
    events
}

/// What was done.
pub fn event(action: &Action, state_name: &str) -> Event {
    let about = |kind, name: &str, reason, message: String| Event {
        kind,
        name: name.to_owned(),
        reason,
        message,
        warning: false,
    };
    match action {
        Action::CreateSecret { name, username } => {
            about("Secret", name, "CreatedSecret", format!("a password for {username} was made"))
        }
        Action::Scale { set, from, to, why } => {
            about("StatefulSet", set, reason(*why), format!("replicas {from} to {to}: {}", said(*why)))
        }
        Action::Evict { pod, why, .. } => about("Pod", pod, "RestartingCassandra", format!("{pod} restarts: {why}")),
        Action::DeletePod { pod, why, .. } => about("Pod", pod, "DeletingStuckPod", format!("{pod} is deleted: {why}")),
        Action::DeleteClaim { claim, pod, why, .. } => {
            about("PersistentVolumeClaim", claim, "DeletingClaim", format!("of {pod}: {why}"))
        }
        Action::ExpandClaim { claim, size, .. } => {
            about("PersistentVolumeClaim", claim, "ExpandingClaim", format!("to {size}"))
        }
        Action::Alter { keyspace, replication, asked, .. } => {
            let list: Vec<String> = replication.iter().map(|(name, number)| format!("{name}: {number}")).collect();
            about("Pod", asked, "AlteringKeyspace", format!("{keyspace} is replicated to {}", list.join(", ")))
        }
        Action::Start { pod, job, .. } => about("Pod", pod, "StartingJob", format!("{pod} runs {}", job.name())),
        Action::Begin { id, record } => {
            let text = format!("the operation {id} ({}) begins", record.content.kind.name());
            about("ConfigMap", state_name, "OperationBegan", text)
        }
        Action::RemoveNode { host_id, asked, .. } => {
            about("Pod", asked, "RemovingNode", format!("{asked} removes the dead node {host_id}"))
        }
        Action::PutRole { role, asked, .. } => {
            about("Pod", asked, "CreatedRole", format!("the role of Secret {}", role.secret))
        }
        Action::LockDefaultRole { asked } => {
            about("Pod", asked, "LockedRole", "the role cassandra can no longer log in".to_owned())
        }
        Action::Reaper { about: what, act, .. } => {
            about("ConfigMap", state_name, "AskedReaper", format!("{what}: {}", asked(act)))
        }
        Action::DeleteLeftover(it) => {
            about(it.kind, &it.name, "DeletingLeftover", "nothing uses it any more".to_owned())
        }
    }
}

/// What Reaper was asked for.
fn asked(act: &ReaperAct) -> String {
    match act {
        ReaperAct::Register { seed_host } => format!("the ring is registered with {seed_host}"),
        ReaperAct::Unregister => "the registration of sidecars is removed, with its schedules".to_owned(),
        ReaperAct::Create { schedule } => format!("a schedule is made, every {} days", schedule.every_days),
        ReaperAct::Patch { id, .. } => format!("the schedule {id} is changed"),
        ReaperAct::Pause { id } => format!("the schedule {id} is paused"),
        ReaperAct::Resume { id } => format!("the schedule {id} goes on"),
        ReaperAct::Delete { id } => format!("the schedule {id} is deleted"),
    }
}

fn reason(why: ScaleReason) -> &'static str {
    match why {
        ScaleReason::Joins => "ScalingUpRack",
        ScaleReason::MembersMissing => "RestoringReplicas",
        ScaleReason::Stopped => "StoppingRack",
        ScaleReason::NodeLeft | ScaleReason::NeverJoined | ScaleReason::StartsAnew => "ScalingDownRack",
    }
}

fn said(why: ScaleReason) -> &'static str {
    match why {
        ScaleReason::NodeLeft => "the node of the last pod has left the ring",
        ScaleReason::NeverJoined => "the last pod never joined and is not asked for",
        ScaleReason::StartsAnew => "the last pod's node left; it starts anew with new claims",
        ScaleReason::Joins => "a node joins",
        ScaleReason::MembersMissing => "pods of members were missing",
        ScaleReason::Stopped => "the cluster is stopped",
    }
}
