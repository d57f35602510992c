//! W205: a data volume too small to be serious.

use std::collections::BTreeSet;

use super::quantities::amount;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::RackPlace;

pub(super) const RULE: Rule = Rule {
    code: "W205",
    name: "storage-small",
    summary: "a data volume is smaller than 10Gi",
    explain: "\
A quarter of such a volume may go to the commit log (`commitlog_total_space`, up to 8 GiB), and compaction needs as
much free space again as the tables that it merges. The size is what a volume is born with: it never changes.

Ask for 10Gi at least; or accept the warning in a cluster that is thrown away.",
};

/// 10 GiB.
const SMALLEST: u64 = 10 << 30;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for size in subject.racks.iter().filter_map(RackPlace::storage_size) {
        let too_small = amount("storage", size.value).is_ok_and(|bytes| bytes > 0 && bytes < SMALLEST);
        if too_small && seen.insert(size.level) {
            let message = format!("{} is little for a data volume, and it never changes", size.value);
            let at = subject.value(size.level.route().key("storage").key("size"), "");
            complaints.push(RULE.complain(message, at).expected("10Gi or more"));
        }
    }
}
