//! E436: a heap of the Management API that is invalid or too small.

use super::e420_heap::no_size;
use super::off_heap::management_heap_route;
use crate::diagnostic::{Diagnostic, Rule};
use crate::sizing::heap_size;
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E436",
    name: "management-heap",
    summary: "the heap of the Management API is invalid or too small",
    explain: "\
The Management API is a JVM of its own in the container of Cassandra. Its entry point passes `MGMT_API_HEAP_SIZE` to it as
`-Xms` and `-Xmx`; without it, 128 MiB. Less than 64 MiB is not known to work. Whether the container has room for it beside
Cassandra's heap, E420 says.

Write a binary size such as `256Mi`, or remove the field.",
};

/// The smallest heap that is written for it anywhere, in mebibytes (`mgmtAPIHeap` in the fixtures of k8ssandra-operator).
const SMALLEST: u64 = 64;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    let outer = std::iter::once((Level::Cluster, &spec.management_api));
    let datacenters = spec.datacenters.iter().enumerate();
    let inner = datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.management_api));
    for (level, api) in outer.chain(inner) {
        let Some(text) = api.heap.as_deref() else { continue };
        let at = subject.value(management_heap_route(level), "");
        complaints.extend(match heap_size(text) {
            Err(error) => Some(no_size(&RULE, text, &error, at).expected("a binary size such as 256Mi or 256M")),
            Ok(heap) if heap < SMALLEST => {
                let message = format!("a heap of {text} is too small for the Management API");
                Some(RULE.complain(message, at).expected(format!("{SMALLEST}Mi or more")))
            }
            Ok(_) => None,
        });
    }
}
