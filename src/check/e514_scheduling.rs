//! E514: pods that must not and may share a worker.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::AntiAffinity;

pub(super) const RULE: Rule = Rule {
    code: "E514",
    name: "scheduling",
    summary: "pods are both allowed to share a worker and kept from it",
    explain: "\
`severalNodesPerWorker: true` lets pods of this cluster share a worker, `antiAffinity: required` keeps them apart.
Which of the two was meant decides whether a lost worker takes one node or several.

Remove one of them. `antiAffinity: preferred` lets pods share a worker only where there is no other.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let contradiction = subject.racks.iter().filter_map(|place| {
        let several = place.several_nodes_per_worker().filter(|several| several.value)?;
        let apart = place.anti_affinity().filter(|apart| apart.value == AntiAffinity::Required)?;
        // Where `required` stands further out, the inner level has said otherwise since.
        (apart.level >= several.level).then_some((apart.level, several.level))
    });
    for (apart, several) in contradiction.collect::<BTreeSet<_>>() {
        let several = several.route().key("scheduling").key("severalNodesPerWorker");
        let apart = apart.route().key("scheduling").key("antiAffinity");
        let complaint = RULE
            .complain("the pods may share a worker and must not", subject.value(apart, "they must not"))
            .label(subject.value(several, "they may"));
        complaints.push(complaint.help("remove one of the two, or write `antiAffinity: preferred`"));
    }
}
