//! W112: racks of very different sizes.

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "W112",
    name: "uneven-racks",
    summary: "a rack has at least twice as many nodes as a different rack of its datacenter",
    explain: "\
With as many racks as replicas, each rack holds one replica of all data. The nodes of the smallest rack store and serve the
most data and fill up first, while the nodes of the largest rack are idle.

Give all racks of a datacenter the same number of nodes, or numbers that differ by one; `nodes` at the datacenter does that.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let counts = subject.nodes_of_racks(index).unwrap_or_default();
        let by_count = || counts.iter().copied().enumerate();
        let Some((smallest, least)) = by_count().min_by_key(|(_, nodes)| *nodes) else { continue };
        let Some((largest, most)) = by_count().rev().max_by_key(|(_, nodes)| *nodes) else { continue };
        // E111 reports empty racks.
        if least == 0 || u64::from(most) < 2 * u64::from(least) || most - least <= 1 {
            continue;
        }
        let name = |position: usize| &datacenter.racks[position].name;
        let message = format!(
            "the rack `{}` of `{}` has {most} nodes, but the rack `{}` has only {least}",
            name(largest),
            datacenter.name,
            name(smallest)
        );
        let nodes = |position| Level::Rack(index, position).route().key("nodes");
        let complaint = RULE
            .complain(message, subject.value(nodes(smallest), "smallest rack"))
            .label(subject.value(nodes(largest), "largest rack"));
        complaints
            .push(complaint.help("write the same `nodes` for all racks, or write `nodes` only at the datacenter"));
    }
}
