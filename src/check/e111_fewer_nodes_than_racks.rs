//! E111: a rack without a node.

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E111",
    name: "fewer-nodes-than-racks",
    summary: "a datacenter has fewer nodes than racks",
    explain: "\
Cassandra knows a rack only by its nodes. A rack that gets its first node later, beside racks that hold data, receives
a replica of everything at once. And a rack that is emptied loses its replicas to racks that already hold others.

Name as many racks as there are nodes at most. Only a whole datacenter may have no nodes, on its way out.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let Some(nodes) = subject.nodes_of_racks(index) else { continue };
        let Some(empty) = nodes.iter().position(|nodes| *nodes == 0) else { continue };
        let total: u64 = nodes.iter().copied().map(u64::from).sum();
        if total == 0 {
            continue;
        }
        let rack = &datacenter.racks[empty];
        let message = format!("the rack `{}` of `{}` would have no nodes", rack.name, datacenter.name);
        let route = Level::Datacenter(index).route();
        let racks = datacenter.racks.len();
        complaints.push(if rack.nodes.is_some() {
            let at = subject.value(Level::Rack(index, empty).route().key("nodes"), "");
            RULE.complain(message, at).help("give it a node, or leave it out until it has one")
        } else {
            let nodes = if total == 1 { "1 node".to_owned() } else { format!("{total} nodes") };
            RULE.complain(message, subject.value(route.key("nodes"), nodes))
                .label(subject.value(route.key("racks"), format!("{racks} racks")))
                .help(format!("write `nodes: {racks}` or more, or name {total} of the racks only"))
        });
    }
}
