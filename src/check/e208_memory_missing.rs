//! E208: neither a memory limit nor a memory request, so that the heap cannot be sized.

use super::gaps::{called, lacking};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E208",
    name: "memory-missing",
    summary: "Cassandra has neither a memory limit nor a memory request",
    explain: "\
cassc computes the heap from the memory of the container. Without a limit and a request, Cassandra's start script would use
the memory of the worker instead: two pods on one worker would each claim all of it, until the kernel kills one of them.

Write `resources: {requests: {memory: 16Gi}, limits: {memory: 16Gi}}` with the amount that you need.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for level in lacking(subject, |place| place.limit("memory").or_else(|| place.request("memory")).is_some()) {
        let message = format!("{} has neither a memory limit nor a memory request", called(subject, level));
        let field = if level == Level::Cluster { "resources" } else { "name" };
        let at = subject.value(level.route().key(field), "");
        let help = "add `resources: {requests: {memory: 16Gi}, limits: {memory: 16Gi}}` with the amount that you need";
        complaints.push(RULE.complain(message, at).help(help));
    }
}
