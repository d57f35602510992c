//! What a person asked for once (`spec.operations`): in the listed order, one operation at a time, and each id once. Cures stand in
//! [`cures`]; all other operations begin when nothing else is to be done.

pub(super) mod cures;
mod nodes;
mod remove_node;
mod replace_node;
mod restart;
mod scope;

use cassc_ring::operation::{Operation, OperationKind};

use super::Next;
use crate::action::{Action, Reason};
use crate::guard::Guard;
use crate::record::Record;
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let mut held = drained(situation);
    for operation in situation.operations().iter().filter(|it| !it.kind.is_cure()) {
        let record = match record(situation, operation) {
            Ok(record) => record,
            Err(changed) => return Next::Refuse(vec![changed]),
        };
        if record.is_some_and(|record| !record.is_open()) {
            continue;
        }
        if operation.suspend {
            held.push(suspended(operation));
            continue;
        }
        return match record {
            None => begin(situation, operation),
            Some(record) if operation.kind == OperationKind::Restart => restart::next(situation, record),
            Some(record) => nodes::next(situation, operation, record),
        };
    }
    if held.is_empty() { Next::Nothing } else { Next::Hold(held) }
}

/// The record of an operation, where it began; an error where another operation of its id did.
fn record<'s>(situation: &Situation<'s>, operation: &Operation) -> Result<Option<&'s Record>, Reason> {
    let Some(record) = situation.record(&operation.id) else { return Ok(None) };
    let is_same = record.content == operation.content();
    if situation.holds(Guard::OneContent, || is_same) {
        return Ok(Some(record).filter(|_| is_same));
    }
    let id = &operation.id;
    let text = format!(
        "the operation {id} began with another content ({}), and runs once. Take the change back, or give the new operation another id",
        record.content.kind.name()
    );
    Err(Reason::about("OperationChanged", id, text))
}

fn begin(situation: &Situation<'_>, operation: &Operation) -> Next {
    match scope::resolved(situation, operation) {
        Ok(record) => begins(operation, record),
        Err(next) => next,
    }
}

/// The act that an operation begins with. Nothing but the state is written.
fn begins(operation: &Operation, record: Record) -> Next {
    Next::Act(Action::Begin { id: operation.id.clone(), record: Box::new(record) })
}

fn suspended(operation: &Operation) -> Reason {
    let text = format!("the operation {} waits until `suspend` is removed", operation.id);
    Reason::about("OperationSuspended", &operation.id, text)
}

/// The failures of an operation, as a refusal.
fn failed(operation: &Operation, record: &Record) -> Next {
    let id = &operation.id;
    let said = record.failed.values().map(|failed| {
        let text = format!("{id}: {}. Repair it, then write another `retry` into the operation", failed.message);
        Reason::about("OperationFailed", id, text)
    });
    let reasons: Vec<Reason> = said.collect();
    if reasons.is_empty() { Next::Nothing } else { Next::Refuse(reasons) }
}

/// Nodes that were drained and whose pods have not restarted since: they stay so until somebody restarts them.
fn drained(situation: &Situation<'_>) -> Vec<Reason> {
    let said =
        |pod: &str| Reason::about("Drained", pod, format!("{pod} was drained; delete the pod to start it again"));
    situation.drained().into_iter().map(said).collect()
}
