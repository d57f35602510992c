//! E204: `expandTo` is not larger than `size`.

use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::resource::amount;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E204",
    name: "expand-to",
    summary: "`storage.expandTo` is not larger than `storage.size`",
    explain: "\
`storage.size` is the size of a new PVC. It never changes, because volumeClaimTemplates are immutable. `storage.expandTo` is
the size to which existing PVCs are expanded. Volumes cannot shrink, so an `expandTo` that is not larger has no effect.

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
        let message = format!("`expandTo` of {} is not larger than `size` of {}", expand_to.value, size.value);
        let complaint = RULE.complain(message, subject.value(route(expand_to.level, "expandTo"), "not larger"));
        let complaint = complaint.label(subject.value(route(size.level, "size"), "size of a new PVC"));
        complaints.push(complaint.help("write a larger `expandTo`, or remove it"));
    }
}
