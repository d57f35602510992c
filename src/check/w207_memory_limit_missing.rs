//! W207: memory is requested, but not limited.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W207",
    name: "memory-limit-missing",
    summary: "memory is requested, but not limited",
    explain: "\
Without a limit the heap is sized on the request, but nothing holds the container to it: page cache and native
memory grow as far as the worker goes, and when it runs out, the kernel kills what is furthest above its request,
which is Cassandra. A limit that equals the request gives the pod memory of its own.

Write the limit beside the request.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in subject.racks.iter().filter(|place| place.limit("memory").is_none()) {
        let Some(request) = place.request("memory").filter(|request| seen.insert(request.level)) else { continue };
        let route = request.level.route().key("resources").key("requests").key("memory");
        let complaint = RULE.complain("memory is requested, but not limited", subject.value(route, ""));
        complaints.push(complaint.help(format!("add `limits: {{memory: {}}}` to `resources`", request.value)));
    }
}
