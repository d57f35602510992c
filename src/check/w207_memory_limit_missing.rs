//! W207: a memory request without a limit.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W207",
    name: "memory-limit-missing",
    summary: "memory has a request, but no limit",
    explain: "\
Without a limit the heap is computed from the request, but native memory and page cache of the container can grow up to the
memory of the worker. When the worker runs out of memory, the kernel kills the container that is furthest above its request,
which is Cassandra. With a limit equal to the request the pod's memory is guaranteed.

Write a limit equal to the request.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in subject.racks.iter().filter(|place| place.limit("memory").is_none()) {
        let Some(request) = place.request("memory").filter(|request| seen.insert(request.level)) else { continue };
        let route = request.level.route().key("resources").key("requests").key("memory");
        let complaint = RULE.complain("memory has a request, but no limit", subject.value(route, "no limit"));
        complaints.push(complaint.help(format!("add `limits: {{memory: {}}}` to `resources`", request.value)));
    }
}
