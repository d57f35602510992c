//! E206: `storage.size` is missing.

use super::gaps::{called, lacking};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E206",
    name: "storage-size-missing",
    summary: "`storage.size` is missing",
    explain: "\
The size of the data volume has no default: it depends on your data, and it cannot change once the volume exists
(volumeClaimTemplates are immutable).

Write `storage: {size: 500Gi}` below `spec`, or at every datacenter or rack. Leave free space for compaction: half of the
volume with size-tiered compaction.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for level in lacking(subject, |place| place.storage_size().is_some()) {
        let message = format!("the data volumes of {} have no size", called(subject, level));
        let field = if level == Level::Cluster { "storage" } else { "name" };
        let at = subject.value(level.route().key(field), "");
        complaints
            .push(RULE.complain(message, at).help("write `storage: {size: …}`, such as `storage: {size: 500Gi}`"));
    }
}
