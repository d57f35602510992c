//! E514: `severalNodesPerWorker` together with `antiAffinity: required`.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::AntiAffinity;

pub(super) const RULE: Rule = Rule {
    code: "E514",
    name: "scheduling",
    summary: "`severalNodesPerWorker` and `antiAffinity: required` contradict each other",
    explain: "\
`severalNodesPerWorker: true` lets pods of this cluster share a worker, and `antiAffinity: required` forbids it. The right
setting decides whether a lost worker takes one node or several.

Remove one of them. With `antiAffinity: preferred` pods share a worker only if there is no other worker.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let contradiction = subject.racks.iter().filter_map(|place| {
        let several = place.several_nodes_per_worker().filter(|several| several.value)?;
        let apart = place.anti_affinity().filter(|apart| apart.value == AntiAffinity::Required)?;
        // `severalNodesPerWorker` of an inner level overrides `required` of an outer level.
        (apart.level >= several.level).then_some((apart.level, several.level))
    });
    for (apart, several) in contradiction.collect::<BTreeSet<_>>() {
        let several = several.route().key("scheduling").key("severalNodesPerWorker");
        let apart = apart.route().key("scheduling").key("antiAffinity");
        let complaint = RULE
            .complain(
                "`severalNodesPerWorker` and `antiAffinity: required` contradict each other",
                subject.value(apart, "one pod per worker"),
            )
            .label(subject.value(several, "several pods per worker"));
        complaints.push(complaint.help("remove one of the two, or write `antiAffinity: preferred`"));
    }
}
