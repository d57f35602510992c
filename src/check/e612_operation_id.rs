//! E612: operations with invalid or equal ids, or too many of them.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::kubernetes::syntax::{label_fault, nearest_label};
use crate::subject::Subject;
use crate::topology::MOST_OPERATIONS;

pub(super) const RULE: Rule = Rule {
    code: "E612",
    name: "operation-id",
    summary: "an operation has an invalid `id` or that of another operation, or there are too many operations",
    explain: "\
An operation runs once for its `id`, and the cluster remembers ids in a ConfigMap. Two operations with one id would be one.

Write up to 63 lower-case letters, digits and `-` that no other operation has or had, such as `cleanup-2026-03`. At most 64
operations fit; remove those that ran.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let operations = &subject.spec().operations;
    let route = |index: usize| Route::of("spec.operations").index(index);
    if operations.len() > MOST_OPERATIONS {
        let message = format!("there are {} operations", operations.len());
        let at = subject.key(route(MOST_OPERATIONS), "one too many");
        let complaint = RULE.complain(message, at).expected(format!("at most {MOST_OPERATIONS}"));
        complaints.push(complaint.help("remove the operations that ran; what they did stays"));
    }
    let mut known: BTreeMap<&str, Label> = BTreeMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let id = operation.id.as_str();
        let at = |words: &str| subject.value(route(index).key("id"), words);
        if let Some(fault) = label_fault(id) {
            let complaint = RULE.complain(format!("`{}` is not a valid id", id.escape_debug()), at(&fault));
            let complaint =
                complaint.expected("up to 63 lower-case letters, digits and `-`, the first and last no `-`");
            let nearest = nearest_label(id).map(|nearest| format!("write `{nearest}`"));
            complaints.push(match nearest {
                Some(help) => complaint.help(help),
                None => complaint,
            });
        } else if let Some(first) = known.insert(id, at("first operation")) {
            let complaint = RULE.complain(format!("two operations have the id `{id}`"), at("")).label(first);
            complaints.push(complaint.help("use another id for one of them"));
        }
    }
}
