//! E110: the number of nodes is missing or contradictory.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::Datacenter;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E110",
    name: "node-count",
    summary: "the number of nodes of a datacenter is missing or contradictory",
    explain: "\
The number of nodes has no default, because a wrong number adds or removes nodes. Write it at the datacenter, where it is
split over the racks as evenly as possible, or at every rack. If it is written at both, the sum of the racks must match.

Write `nodes` in one of the two places.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let route = Level::Datacenter(index).route();
        let written = datacenter.racks.iter().filter(|rack| rack.nodes.is_some()).count();
        let complaint = match (datacenter.nodes, written) {
            _ if datacenter.racks.is_empty() => None,
            (None, 0) => {
                let message = format!("the datacenter `{}` has no number of nodes", datacenter.name);
                let at = subject.value(route.key("name"), "");
                Some(RULE.complain(message, at).help("add `nodes: …` to the datacenter, or to every rack"))
            }
            (Some(_), 0) => None,
            (nodes, written) if written < datacenter.racks.len() => Some(some_racks(subject, index, datacenter, nodes)),
            (nodes, _) => nodes.and_then(|nodes| contradiction(subject, &route, datacenter, nodes)),
        };
        complaints.extend(complaint);
    }
}

fn sum(datacenter: &Datacenter) -> u64 {
    datacenter.racks.iter().filter_map(|rack| rack.nodes).map(u64::from).sum()
}

fn some_racks(subject: &Subject<'_>, index: usize, datacenter: &Datacenter, nodes: Option<u32>) -> Diagnostic {
    let without = datacenter.racks.iter().position(|rack| rack.nodes.is_none()).unwrap_or_default();
    let with = datacenter.racks.iter().position(|rack| rack.nodes.is_some()).unwrap_or_default();
    let rack = |position| Level::Rack(index, position).route();
    let name = &datacenter.racks[without].name;
    let message = format!("only some racks of `{}` have a number of nodes", datacenter.name);
    let complaint = RULE
        .complain(message, subject.value(rack(without).key("name"), "no `nodes`"))
        .label(subject.value(rack(with).key("nodes"), "has `nodes`"));
    let remaining = nodes.and_then(|nodes| u64::from(nodes).checked_sub(sum(datacenter)));
    let one_left = datacenter.racks.iter().filter(|rack| rack.nodes.is_none()).count() == 1;
    complaint.help(match remaining.filter(|remaining| one_left && *remaining > 0) {
        Some(remaining) => format!("add `nodes: {remaining}` to `{name}`"),
        None => "write `nodes` at every rack, or only at the datacenter".to_owned(),
    })
}

fn contradiction(subject: &Subject<'_>, route: &Route, datacenter: &Datacenter, nodes: u32) -> Option<Diagnostic> {
    let sum = sum(datacenter);
    (sum != u64::from(nodes)).then(|| {
        let message = format!("`{}` has {nodes} nodes, but its racks have {sum} nodes", datacenter.name);
        let at = subject.value(route.key("nodes"), format!("{nodes} in total"));
        let complaint = RULE.complain(message, at).label(subject.value(route.key("racks"), format!("{sum} in racks")));
        complaint.help(format!("write `nodes: {sum}`, or correct `nodes` of the racks"))
    })
}
