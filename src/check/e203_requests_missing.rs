//! E203: several nodes may share a worker, but have no resource requests.

use std::collections::BTreeSet;

use super::gaps::called;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E203",
    name: "requests-missing",
    summary: "`severalNodesPerWorker` is on, but `cpu` or `memory` requests are missing",
    explain: "\
With `severalNodesPerWorker` only resource requests keep the scheduler from placing all nodes on one worker: pods without
requests fit everywhere, in any number, and take resources from each other. Cass Operator refuses this too.

Write requests for `cpu` and `memory`. A limit without a request counts as a request.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let Some(several) = place.several_nodes_per_worker().filter(|several| several.value) else { continue };
        let lacks = |resource: &&str| place.request(resource).is_none() && place.limit(resource).is_none();
        let missing: Vec<&str> = ["cpu", "memory"].into_iter().filter(lacks).collect();
        if missing.is_empty() || !seen.insert((several.level, missing.clone())) {
            continue;
        }
        let missing = missing.join("` and `");
        let rack = called(subject, place.level());
        let message = format!("nodes of {rack} may share a worker, but have no requests for `{missing}`");
        let at = several.level.route().key("scheduling").key("severalNodesPerWorker");
        let complaint = RULE.complain(message, subject.value(at, "needs requests"));
        complaints.push(complaint.help(format!("add `{missing}` to `resources.requests`")));
    }
}
