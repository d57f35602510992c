//! E203: several nodes may share a worker, and the scheduler does not know what they need.

use std::collections::BTreeSet;

use super::gaps::called;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E203",
    name: "requests-missing",
    summary: "several nodes may share a worker, but do not say what they need",
    explain: "\
With `severalNodesPerWorker` nothing but their requests keeps the scheduler from putting every node on one worker:
pods that request nothing fit anywhere, in any number, and starve each other. Cass Operator refuses the same.

Request `cpu` and `memory`; a limit is a request too, where there is none.",
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
        let message = format!("nodes of {rack} may share a worker, but do not request `{missing}`");
        let at = several.level.route().key("scheduling").key("severalNodesPerWorker");
        let complaint = RULE.complain(message, subject.value(at, "needs requests"));
        complaints.push(complaint.help(format!("add `{missing}` to `resources.requests`")));
    }
}
