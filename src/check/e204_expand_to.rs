//! E204: claims that would be expanded to no more than they are born with.

use super::quantities::amount;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E204",
    name: "expand-to",
    summary: "`expandTo` is not more than `size`",
    explain: "\
`storage.size` is what a claim is born with and never changes, because claim templates of StatefulSets are immutable;
`storage.expandTo` is what claims grow to afterwards. Volumes never shrink, so an `expandTo` that is not larger does
nothing.

Write a larger `expandTo`, or remove it.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut told = Vec::new();
    for place in &subject.racks {
        let (Some(size), Some(expand_to)) = (place.storage_size(), place.expand_to()) else { continue };
        let (Ok(bytes), Ok(expanded)) = (amount("storage", size.value), amount("storage", expand_to.value)) else {
            continue;
        };
        if expanded > bytes || told.contains(&(size.level, expand_to.level)) {
            continue;
        }
        told.push((size.level, expand_to.level));
        let route = |level: crate::topology::merge::Level, key| level.route().key("storage").key(key);
        let message = format!("claims of {} cannot be expanded to {}", size.value, expand_to.value);
        let complaint = RULE.complain(message, subject.value(route(expand_to.level, "expandTo"), "not more"));
        complaints.push(complaint.label(subject.value(route(size.level, "size"), "what a claim is born with")));
    }
}
