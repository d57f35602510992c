//! Operations in words.

use cassc_wording::counted_as;

use super::{Line, Told, every, name, some, words};
use crate::plan::{Operation, OperationChange, OperationKind};

/// An operation, and what becomes of it.
pub(super) fn operation(change: OperationChange, operation: &Operation, pods: &[String]) -> Told {
    let lead = match change {
        OperationChange::Runs => "operation ",
        OperationChange::Retries => "try again the nodes that failed in operation ",
        OperationChange::Resumes => "resume operation ",
        OperationChange::Waits => "suspend operation ",
    };
    let mut title = vec![words(lead), name(&operation.id), words(": ")];
    title.extend(what(operation, pods));
    let mut details: Vec<Line> = Vec::new();
    if !tells_its_pod(operation.kind) && !pods.is_empty() {
        details.push(some(pods));
    }
    if change == OperationChange::Waits {
        let held = " is set; what a node has started is finished";
        details.push(vec![words("nothing of it starts while "), name("suspend"), words(held)]);
    }
    Told { title, details }
}

/// Whether the pod is part of the sentence.
fn tells_its_pod(kind: OperationKind) -> bool {
    matches!(kind, OperationKind::ReplaceNode | OperationKind::RemoveNode | OperationKind::Move)
}

fn what(operation: &Operation, pods: &[String]) -> Line {
    let nodes = counted_as(pods.len(), "node", "nodes");
    let manner = manner(operation, pods.len());
    let on_nodes = words(format!(" on {nodes}{manner}"));
    let around = |lead: &str, inner: Line, rest: &str| [vec![words(lead)], inner, vec![words(rest)]].concat();
    let named = |text: &Option<String>| text.iter().map(name).collect::<Line>();
    match operation.kind {
        OperationKind::Repair => {
            let of = keyspaces(operation);
            let of = if of.is_empty() { vec![words("all keyspaces")] } else { of };
            around("repair ", of, " on every node, one at a time")
        }
        OperationKind::Rebuild => around(&format!("rebuild {nodes} from "), named(&operation.from), &manner),
        OperationKind::Restart => vec![words(format!("restart {}{manner}", counted_as(pods.len(), "pod", "pods")))],
        OperationKind::ReplaceNode => {
            let what = "; its PVCs are deleted, and the new node takes over its ranges";
            around("replace the lost node of ", every(pods), what)
        }
        OperationKind::RemoveNode => {
            let lead = if pods.is_empty() { "take the lost node " } else { "take the lost node of " };
            let what = " out of the ring; the other nodes copy its data among each other";
            around(lead, [every(pods), named(&operation.host_id)].concat(), what)
        }
        OperationKind::Move => {
            let to = [every(pods), vec![words(" to the token ")], named(&operation.token)].concat();
            around("move the node of ", to, "")
        }
        OperationKind::Drain => {
            vec![words(format!("drain {nodes}{manner}; each takes no requests until its pod restarts"))]
        }
        OperationKind::Snapshot => {
            let line = around("take the snapshot ", named(&operation.snapshot), "");
            [line, of_keyspaces(operation), vec![on_nodes]].concat()
        }
        kind => {
            let command = vec![words("run "), name(format!("nodetool {}", kind.name().to_lowercase()))];
            [command, of_keyspaces(operation), vec![on_nodes]].concat()
        }
    }
}

/// ` of shop` or ` of shop: orders, items`; nothing for all keyspaces.
fn of_keyspaces(operation: &Operation) -> Line {
    let of = if operation.keyspaces.is_empty() { Vec::new() } else { vec![words(" of ")] };
    [of, keyspaces(operation)].concat()
}

fn keyspaces(operation: &Operation) -> Line {
    let tables = if operation.tables.is_empty() { Vec::new() } else { vec![words(": ")] };
    [some(&operation.keyspaces), tables, some(&operation.tables)].concat()
}

fn manner(operation: &Operation, nodes: usize) -> String {
    match operation.concurrency {
        _ if nodes < 2 => String::new(),
        None | Some(0 | 1) => ", one at a time".to_owned(),
        Some(number) => format!(", {number} at a time in different racks"),
    }
}
