//! E509: a CQL port on every worker that the pod itself needs for something else.

use super::e505_port::OWN_PORTS;
use crate::diagnostic::{Diagnostic, Label, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E509",
    name: "node-port",
    summary: "the port on every worker cannot be Cassandra's CQL port",
    explain: "\
Cassandra itself listens on the port that `nodePort.native` names, as drivers connect to every node that they hear of
with the same port. So it cannot be 0, nor a port that the pod uses for something else.

Choose a free port of the range of the API server, 30000 to 32767 unless it was told otherwise.",
};

/// The node ports of a topology, each with its place.
pub(super) fn node_ports<'t>(subject: &'t Subject<'_>) -> impl Iterator<Item = (u16, Label)> + 't {
    subject.spec().datacenters.iter().enumerate().filter_map(|(index, datacenter)| {
        let port = datacenter.node_port.as_ref()?.native;
        Some((port, subject.value(Level::Datacenter(index).route().key("nodePort").key("native"), "")))
    })
}

/// Who needs a port already; `None` for a free one, and for the CQL port itself.
pub(super) fn owner(port: u16) -> Option<&'static str> {
    OWN_PORTS.iter().find(|(own, name)| *own == port && *name != "native").map(|(_, name)| *name)
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (port, at) in node_ports(subject) {
        let message = match owner(port) {
            _ if port == 0 => "0 is not a port".to_owned(),
            Some(owner) => format!("port {port} is the port `{owner}` of the same pod"),
            None => continue,
        };
        complaints.push(RULE.complain(message, at).expected("a free port, 30000 to 32767"));
    }
}
