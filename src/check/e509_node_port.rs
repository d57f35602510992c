//! E509: an invalid node port, or one that the pod uses itself.

use super::e505_port::OWN_PORTS;
use crate::diagnostic::{Diagnostic, Label, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E509",
    name: "node-port",
    summary: "`nodePort.native` is invalid or in use in the pod",
    explain: "\
Cassandra itself listens on `nodePort.native`, because drivers connect to all nodes on the same port. So it cannot be 0 or a
port that the pod uses for something else.

Use a free port in the range of the API server, which is 30000 to 32767 by default.",
};

/// The node ports of a topology, each with its place.
pub(super) fn node_ports<'t>(subject: &'t Subject<'_>) -> impl Iterator<Item = (u16, Label)> + 't {
    subject.spec().datacenters.iter().enumerate().filter_map(|(index, datacenter)| {
        let port = datacenter.node_port.as_ref()?.native;
        Some((port, subject.value(Level::Datacenter(index).route().key("nodePort").key("native"), "")))
    })
}

/// The name of the pod's port with this number; `None` for a free port and for the CQL port itself.
pub(super) fn owner(port: u16) -> Option<&'static str> {
    OWN_PORTS.iter().find(|(own, name)| *own == port && *name != "native").map(|(_, name)| *name)
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (port, at) in node_ports(subject) {
        let message = match owner(port) {
            _ if port == 0 => "0 is not a valid port".to_owned(),
            Some(owner) => format!("the pod uses port {port} itself (`{owner}`)"),
            None => continue,
        };
        complaints.push(RULE.complain(message, at).expected("a free port from 30000 to 32767"));
    }
}
