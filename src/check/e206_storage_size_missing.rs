//! E206: a rack whose data volume has no size.

use super::gaps::{called, lacking};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E206",
    name: "storage-size-missing",
    summary: "the data volume has no size",
    explain: "\
The size of the data volume has no default that would be right: it depends on the data, and it never changes once
the volume is born, as claim templates are immutable.

Write `storage: {size: 500Gi}` below `spec`, or at every datacenter or rack. Leave room for compaction: half of the
volume with size-tiered compaction.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for level in lacking(subject, |place| place.storage_size().is_some()) {
        let message = format!("the data volumes of {} have no size", called(subject, level));
        let field = if level == Level::Cluster { "storage" } else { "name" };
        let at = subject.value(level.route().key(field), "");
        complaints.push(RULE.complain(message, at).help("add `size` to `storage`, such as `storage: {size: 500Gi}`"));
    }
}
