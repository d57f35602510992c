//! W515: a node port outside the default range of the API server.

use super::e509_node_port::{node_ports, owner};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W515",
    name: "node-port-range",
    summary: "`nodePort.native` is outside the default range of the API server",
    explain: "\
The API server accepts node ports from 30000 to 32767, unless it runs with a different `--service-node-port-range`. It refuses a
Service with any other node port.

Use a port in that range. If your API server has a different range, accept W515.",
};

/// The default of the API server's `--service-node-port-range`.
const USUAL_RANGE: std::ops::RangeInclusive<u16> = 30000..=32767;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (port, at) in node_ports(subject) {
        if port != 0 && owner(port).is_none() && !USUAL_RANGE.contains(&port) {
            let message = format!("port {port} is outside the default range of node ports");
            complaints.push(RULE.complain(message, at).expected("30000 to 32767"));
        }
    }
}
