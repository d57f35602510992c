//! E615: names in an operation that Cassandra does not take.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::bad_values;

pub(super) const RULE: Rule = Rule {
    code: "E615",
    name: "operation-value",
    summary: "an operation names a keyspace, a table, a snapshot or a host ID that cannot exist",
    explain: "\
Cassandra would refuse such a name on every node, when the operation runs. Keyspaces and tables have up to 48 letters, digits and `_`,
and are written as `DESCRIBE` shows them, without quotes. `system` and `system_schema` belong to each node alone: no range of them ever
moves, so that there is nothing to clean up or to repair. A list has at most 50 entries, each once.

Write names that exist. To name more nodes than 50, name their rack or datacenter.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, operation) in subject.spec().operations.iter().enumerate() {
        let route = Route::of("spec.operations").index(index);
        for bad in bad_values(&operation.as_written()) {
            let field = route.key(bad.field.name());
            let at = subject.value(bad.index.map_or(field.clone(), |index| field.index(index)), "");
            complaints.push(RULE.complain(bad.what, at).expected(bad.expected));
        }
    }
}
