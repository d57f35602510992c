//! W515: a port on every worker that API servers do not hand out.

use super::e509_node_port::{node_ports, owner};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W515",
    name: "node-port-range",
    summary: "the port on every worker is outside the usual range",
    explain: "\
An API server hands out node ports from 30000 to 32767, and refuses a service with another one, unless it runs with
another `--service-node-port-range`.

Choose a port of that range; or accept the warning where the API server knows another one.",
};

/// The default of the API server's `--service-node-port-range`.
const USUAL_RANGE: std::ops::RangeInclusive<u16> = 30000..=32767;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (port, at) in node_ports(subject) {
        if port != 0 && owner(port).is_none() && !USUAL_RANGE.contains(&port) {
            let message = format!("port {port} is outside the usual range of node ports");
            complaints.push(RULE.complain(message, at).expected("30000 to 32767"));
        }
    }
}
