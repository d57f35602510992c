//! Operations that are jobs of nodes, one node after the other, or several that are in different racks.

use cassc_ring::names;
use cassc_ring::operation::{Operation, OperationKind};

use super::super::{cleanup, jobs, rebuild, upgrade_tables};
use super::{Next, failed};
use crate::action::{Action, Reason};
use crate::cluster::{NodeJob, TableTask};
use crate::record::Record;
use crate::situation::Situation;
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>, operation: &Operation, record: &Record) -> Next {
    let running = &situation.state.memory.jobs;
    let is_own = |it: &Option<String>| it.as_ref() == Some(&operation.id);
    let own = running.values().filter(|it| is_own(&it.operation)).count();
    let rack = |pod: &str| names::set_of_pod(pod).map(str::to_owned);
    let is_free = |pod: &str| !running.keys().any(|other| rack(other) == rack(pod));
    if own >= operation.concurrency.unwrap_or(1).max(1) as usize {
        return Next::Nothing; // `jobs` waits for them
    }
    let Some(pod) = record.next(is_free) else {
        return if own == 0 && record.next(|_| true).is_none() { failed(operation, record) } else { Next::Nothing };
    };
    let Some(host_id) = situation.member(pod) else { return Next::Nothing };
    let Some(job) = job(record, pod) else { return Next::Nothing };
    let reasons = match not_now(situation, operation, record, pod) {
        Ok(reasons) => reasons,
        Err(next) => return next,
    };
    jobs::unless_it_runs(situation, pod, reasons, || Action::Start {
        pod: pod.clone(),
        host_id: host_id.to_owned(),
        job,
        operation: Some(operation.id.clone()),
    })
}

/// What a node is to do next; `None` for what is no job of a node.
fn job(record: &Record, pod: &str) -> Option<NodeJob> {
    let (content, keyspace) = (&record.content, record.keyspace_of(pod).cloned());
    let task = match content.kind {
        OperationKind::Cleanup => TableTask::Cleanup,
        OperationKind::UpgradeSsTables => TableTask::Upgrade,
        OperationKind::Scrub => TableTask::Scrub,
        OperationKind::Compact => TableTask::Compact,
        OperationKind::Flush => TableTask::Flush,
        OperationKind::GarbageCollect => TableTask::GarbageCollect,
        OperationKind::Repair => {
            return Some(NodeJob::Repair { keyspace: keyspace?, tables: content.tables.clone(), primary: true });
        }
        OperationKind::Rebuild => return Some(NodeJob::Rebuild { source: content.from.clone()? }),
        OperationKind::Snapshot => {
            return Some(NodeJob::Snapshot { name: content.snapshot.clone()?, keyspaces: content.keyspaces.clone() });
        }
        OperationKind::Move => return Some(NodeJob::Move { token: content.token.clone()? }),
        OperationKind::Drain => return Some(NodeJob::Drain),
        OperationKind::Restart | OperationKind::ReplaceNode | OperationKind::RemoveNode => return None,
    };
    Some(NodeJob::Tables { task, keyspace, tables: content.tables.clone() })
}

/// Why a node does not begin now: what its job asks for, whoever wants it.
fn not_now(situation: &Situation<'_>, operation: &Operation, record: &Record, pod: &str) -> Result<Vec<Reason>, Next> {
    let own = Aside::jobs_of(&operation.id);
    Ok(match operation.kind {
        OperationKind::UpgradeSsTables => upgrade_tables::not_now(situation, &own),
        OperationKind::Repair => situation.not_ready_to_change(&own),
        OperationKind::Rebuild => rebuild_now(situation, record, pod)?,
        OperationKind::Move => changes_ring(situation, &own),
        OperationKind::Drain => {
            changes_ring(situation, &Aside::pods(situation, operation.pods.iter().map(String::as_str)))
        }
        _ => cleanup::not_now(situation, pod, |running| running.operation.as_ref() == Some(&operation.id)),
    })
}

fn changes_ring(situation: &Situation<'_>, aside: &Aside<'_>) -> Vec<Reason> {
    let mut reasons = situation.not_ready_to_change(aside);
    reasons.extend(situation.unready(aside));
    reasons
}

fn rebuild_now(situation: &Situation<'_>, record: &Record, pod: &str) -> Result<Vec<Reason>, Next> {
    let (Some((place, _)), Some(source)) = (situation.place_of(pod), &record.content.from) else {
        return Err(Next::Nothing);
    };
    rebuild::not_now(situation, place.datacenter, source)
}
