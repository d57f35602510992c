//! E344: another CQL port for clients that are connected.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E344",
    name: "cql-port-changed",
    summary: "the CQL port of a deployed datacenter is another one",
    explain: "\
With a `nodePort` Cassandra itself listens on that port, because drivers connect to every node with the port that they know.
When it comes, goes or changes, clients that use the old port find node after node closed to them, and those that use the new
one find nobody at first.

For a port without an interruption add a datacenter that has it, rebuild it, and move the clients. If they may stand still
for the roll, change their contact points together with it, accept the code and say so as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for Pair { before, after } in transition.datacenters() {
        let (was, now) = (before.native_port, after.native_port);
        if was != now && before.nodes() > 0 && after.nodes() > 0 {
            let at = At::of(Scope::Datacenter(&after.name), "nodePort.native", "nativePort");
            let message = format!("clients of `{}` would find port {was} closed, node after node", after.name);
            let complaint = transition.refuse(&RULE, message, at, format!("{now} now"), format!("{was} before"));
            complaints.push(complaint.help("move the clients by way of a new datacenter, or let them stand still"));
        }
    }
}
