//! Random operations: new ones, and others that are changed, suspended, tried again or taken out.

use cassc_ring::desired::{Datacenter, Ring};
use cassc_ring::operation::{Operation, OperationKind};

use crate::chance::Rng;
use crate::fault::Fault;

/// The kinds that are drawn. A drained node stays down until somebody restarts its pod, so no history with one would end.
const KINDS: [OperationKind; 12] = [
    OperationKind::Restart,
    OperationKind::Restart,
    OperationKind::Cleanup,
    OperationKind::Cleanup,
    OperationKind::Repair,
    OperationKind::UpgradeSsTables,
    OperationKind::Compact,
    OperationKind::Flush,
    OperationKind::Snapshot,
    OperationKind::Move,
    OperationKind::ReplaceNode,
    OperationKind::RemoveNode,
];

/// The pod whose node a fault loses for good.
pub(crate) fn lost_by(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::VolumeLost { pod }
        | Fault::WorkerGone { pod }
        | Fault::WorkerDead { pod, .. }
        | Fault::KubeletCut { pod, .. } => Some(pod),
        _ => None,
    }
}

/// An operation of a kind, about everything.
pub(crate) fn operation(id: &str, kind: OperationKind) -> Operation {
    Operation {
        id: id.to_owned(),
        kind,
        datacenter: None,
        rack: None,
        pods: Vec::new(),
        keyspaces: Vec::new(),
        tables: Vec::new(),
        from: None,
        token: None,
        snapshot: None,
        host_id: None,
        concurrency: None,
        suspend: false,
        retry: None,
    }
}

/// A lost node is to be replaced.
pub(crate) fn replacement(id: &str, pod: &str) -> Operation {
    Operation { pods: vec![pod.to_owned()], ..operation(id, OperationKind::ReplaceNode) }
}

/// Adds an operation to a ring.
pub(crate) fn add_operation(ring: &mut Ring, operation: Operation) {
    ring.steps.get_or_insert_default().operations.push(operation);
}

/// Changes what is to be done once, in some way; `id` is a new one.
pub(crate) fn change_operations(random: &mut Rng, ring: &mut Ring, id: &str) {
    let pods: Vec<String> = ring.datacenters.iter().flat_map(Datacenter::pods_in_start_order).collect();
    let operations = &mut ring.steps.get_or_insert_default().operations;
    let at = usize::try_from(random.below(operations.len().max(1) as u64)).unwrap_or(0);
    match (random.below(10), operations.get_mut(at)) {
        (0, Some(_)) => drop(operations.remove(at)),
        (1, Some(operation)) => operation.suspend = !operation.suspend,
        (2, Some(operation)) => operation.retry = Some(id.to_owned()),
        (3, Some(operation)) => operation.keyspaces.push("orders".to_owned()),
        _ => {
            let new = new(random, id, &pods);
            operations.push(new);
        }
    }
}

fn new(random: &mut Rng, id: &str, pods: &[String]) -> Operation {
    let kind = random.of(&KINDS).copied().unwrap_or(OperationKind::Flush);
    let mut new = operation(id, kind);
    let one = matches!(kind, OperationKind::ReplaceNode | OperationKind::RemoveNode | OperationKind::Move);
    if one || kind != OperationKind::Repair && random.percent(40) {
        new.pods.extend(random.of(pods).cloned());
    }
    new.token = (kind == OperationKind::Move).then(|| "7".to_owned());
    new.snapshot = (kind == OperationKind::Snapshot).then(|| id.to_owned());
    new.concurrency = random.percent(30).then_some(3);
    new
}
