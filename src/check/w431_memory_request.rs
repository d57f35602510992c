//! W431: a memory request that is smaller than what Cassandra takes.

use std::collections::BTreeSet;

use super::e420_heap::heap_of;
use super::off_heap::off_heap;
use super::settings::different_racks;
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::resource::amount;
use crate::sizing::{Budget, OffHeap, mebibytes};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W431",
    name: "memory-request",
    summary: "Cassandra takes more memory than is requested",
    explain: "\
Cassandra touches its whole heap at its start (`-XX:+AlwaysPreTouch`), and fills the caches that its configuration names. The
scheduler reserves only what is requested: it puts the pod onto a worker that may not have the rest. When the worker runs out
of memory, the pods that exceed their requests are evicted or killed first, several nodes of the ring at the same time.

Request as much memory as the container may use, the same as its limit.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in different_racks(subject) {
        let Some(request) = place.request("memory") else { continue };
        let Some(requested) = amount("memory", request.value).ok().filter(|bytes| *bytes > 0) else { continue };
        // E420 judges a limit that is not higher.
        let limit = place.limit("memory").and_then(|limit| amount("memory", limit.value).ok());
        let (Some(heap), Some(found)) = (heap_of(place), off_heap(subject, place)) else { continue };
        if heap == 0 || limit.is_some_and(|limit| limit <= requested) {
            continue;
        }
        let expected = OffHeap { direct_limit: None, netty: 0, ..found.amounts };
        let budget = Budget::of(mebibytes(requested), heap, &expected);
        if budget.fits() || !seen.insert((request.level, budget.used())) {
            continue;
        }
        let route = request.level.route().key("resources").key("requests").key("memory");
        let message = format!("Cassandra takes {}Mi of memory, but {} are requested", budget.used(), request.value);
        let complaint = RULE.complain(message, subject.value(route, format!("needed: {}", budget.sum())));
        complaints.push(complaint.help(format!("request at least `{}Mi`", budget.used())));
    }
}
