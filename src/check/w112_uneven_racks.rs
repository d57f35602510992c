//! W112: racks of very different size.

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "W112",
    name: "uneven-racks",
    summary: "a rack has twice as many nodes as another one of its datacenter",
    explain: "\
With as many racks as replicas every rack holds everything once, however few its nodes. The nodes of the smallest rack
hold and serve the most, and fill up first, while those of the largest are idle.

Give the racks of a datacenter the same number of nodes, or one more to some; `nodes` at the datacenter does that.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let counts = subject.nodes_of_racks(index).unwrap_or_default();
        let by_count = || counts.iter().copied().enumerate();
        let Some((smallest, least)) = by_count().min_by_key(|(_, nodes)| *nodes) else { continue };
        let Some((largest, most)) = by_count().rev().max_by_key(|(_, nodes)| *nodes) else { continue };
        // An empty rack is E111's.
        if least == 0 || u64::from(most) < 2 * u64::from(least) || most - least <= 1 {
            continue;
        }
        let name = |position: usize| &datacenter.racks[position].name;
        let message = format!(
            "the rack `{}` of `{}` has {most} nodes, the rack `{}` only {least}",
            name(largest),
            datacenter.name,
            name(smallest)
        );
        let nodes = |position| Level::Rack(index, position).route().key("nodes");
        let complaint = RULE
            .complain(message, subject.value(nodes(smallest), "holds as much as"))
            .label(subject.value(nodes(largest), "these together"));
        complaints.push(complaint.help("give every rack the same number, or write `nodes` at the datacenter only"));
    }
}
