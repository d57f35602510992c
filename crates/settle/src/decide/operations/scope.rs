//! Which nodes an operation is about. It is resolved once, when the operation begins: nodes that join later are not part of it.

use cassc_ring::operation::{Operation, OperationKind};

use super::super::replication;
use super::Next;
use crate::action::Reason;
use crate::record::Record;
use crate::situation::Situation;

/// The operation with its nodes, or why they cannot be known.
pub(super) fn resolved(situation: &Situation<'_>, operation: &Operation) -> Result<Record, Next> {
    let pods = pods(situation, operation);
    if let Some(pod) = pods.iter().find(|pod| situation.member(pod).is_none()) {
        let text = format!("{}: {pod} has no node that is a member of the ring", operation.id);
        return Err(Next::Refuse(vec![Reason::about("NodeUnknown", pod, text)]));
    }
    let mut record = Record::of(operation, pods);
    record.keyspaces = match operation.kind {
        OperationKind::Snapshot => Vec::new(), // one snapshot of all that are named
        OperationKind::Repair if operation.keyspaces.is_empty() && !record.todo.is_empty() => {
            replication::keyspaces(situation)?.keys().cloned().collect()
        }
        _ => operation.keyspaces.clone(),
    };
    if matches!(operation.kind, OperationKind::Restart | OperationKind::Drain) {
        let pods = record.todo.iter().filter_map(|pod| Some((pod.clone(), situation.pod(pod)?.uid.clone())));
        record.pods = pods.collect();
    }
    Ok(record)
}

/// The pods of ours in their order: as they are named; else restarts as a rolling restart, everything else as nodes start.
fn pods(situation: &Situation<'_>, operation: &Operation) -> Vec<String> {
    let is_named = !operation.pods.is_empty();
    let all = match operation.kind {
        _ if is_named => operation.pods.clone(),
        OperationKind::Restart => in_order_of_restarts(situation),
        _ => situation.wanted(),
    };
    let is_meant = |pod: &String| {
        situation.place_of(pod).is_some_and(|(place, _)| {
            operation.datacenter.as_ref().is_none_or(|name| place.datacenter.name == *name)
                && operation.rack.as_ref().is_none_or(|name| place.rack.ring_name == *name)
        })
    };
    all.into_iter().filter(is_meant).filter(|pod| is_named || situation.member(pod).is_some()).collect()
}

/// Rack by rack, the highest ordinal first.
fn in_order_of_restarts(situation: &Situation<'_>) -> Vec<String> {
    let racks =
        situation.places().map(|place| (0..place.rack.nodes).rev().map(move |it| Situation::pod_name(place, it)));
    racks.flatten().collect()
}
