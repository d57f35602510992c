//! E111: a rack without nodes.

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E111",
    name: "fewer-nodes-than-racks",
    summary: "a datacenter has fewer nodes than racks",
    explain: "\
A rack exists in Cassandra only through its nodes. If a rack gets its first node later, when other racks hold data, that node
receives a replica of all rows at once. If a rack loses all its nodes, its replicas move to racks that already hold other
replicas of the same rows.

Write at most as many racks as nodes. Only a whole datacenter may have no nodes, before you remove it.",
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
            RULE.complain(message, at).help("write `nodes: 1` or more, or remove the rack")
        } else {
            let nodes = if total == 1 { "1 node".to_owned() } else { format!("{total} nodes") };
            RULE.complain(message, subject.value(route.key("nodes"), nodes))
                .label(subject.value(route.key("racks"), format!("{racks} racks")))
                .help(format!("write `nodes: {racks}` or more, or keep only {total} of the racks"))
        });
    }
}
