//! E613: fields of an operation that do not go with its kind.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::misfits;

pub(super) const RULE: Rule = Rule {
    code: "E613",
    name: "operation-field",
    summary: "a field of an operation does not go with its kind, or one that the kind needs is missing",
    explain: "\
Each kind of operation takes some fields and needs some of them (docs/operations.md has the table). A field without effect would look
as if it had one: a `restart` of some `keyspaces` restarts everything, and a `repair` of one `datacenter` leaves the ranges whose first
replica is in another one as they are. Only kinds that work node by node, and without the others, take `concurrency`.

Write the fields that the kind needs, and remove those that it does not take.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, operation) in subject.spec().operations.iter().enumerate() {
        let route = Route::of("spec.operations").index(index);
        for misfit in misfits(&operation.as_written()) {
            let at = match misfit.field {
                Some(field) => subject.key(route.key(field.name()), ""),
                None => subject.value(route.key("kind"), ""),
            };
            complaints.push(RULE.complain(misfit.what, at).help(misfit.help));
        }
    }
}
