//! E208: a rack without any amount of memory, so that no heap can be sized.

use super::gaps::{called, lacking};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E208",
    name: "memory-missing",
    summary: "Cassandra has neither a limit nor a request of memory",
    explain: "\
The heap is sized within the container's memory. Without a limit and without a request the only measure left would
be the memory of whichever worker the pod lands on, which is what Cassandra's own start script takes: two pods on
one worker would each take its whole memory, until the kernel kills one.

Write `resources: {requests: {memory: 16Gi}, limits: {memory: 16Gi}}`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for level in lacking(subject, |place| place.limit("memory").or_else(|| place.request("memory")).is_some()) {
        let message = format!("Cassandra has no amount of memory in {}", called(subject, level));
        let field = if level == Level::Cluster { "resources" } else { "name" };
        let at = subject.value(level.route().key(field), "");
        let help = "add `resources: {requests: {memory: 16Gi}, limits: {memory: 16Gi}}`, or what it needs";
        complaints.push(RULE.complain(message, at).help(help));
    }
}
