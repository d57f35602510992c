//! W205: a small data volume.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::resource::amount;
use crate::subject::Subject;
use crate::topology::merge::NestedRack;

pub(super) const RULE: Rule = Rule {
    code: "W205",
    name: "storage-small",
    summary: "the data volume is smaller than 10Gi",
    explain: "\
The commit log may use a quarter of the volume (`commitlog_total_space`, up to 8 GiB), and compaction needs as much free
space as the tables that it merges. `storage.size` cannot change later; `expandTo` can only grow the volume.

Write at least 10Gi. In a temporary cluster, accept W205.",
};

/// 10 GiB.
const SMALLEST: u64 = 10 << 30;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for size in subject.racks.iter().filter_map(NestedRack::storage_size) {
        let too_small = amount("storage", size.value).is_ok_and(|bytes| bytes > 0 && bytes < SMALLEST);
        if too_small && seen.insert(size.level) {
            let message = format!("{} is small for a data volume, and cannot change later", size.value);
            let at = subject.value(size.level.route().key("storage").key("size"), "");
            complaints.push(RULE.complain(message, at).expected("10Gi or more"));
        }
    }
}
