//! E344: the CQL port of a deployed datacenter changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E344",
    name: "cql-port-changed",
    summary: "the CQL port of a deployed datacenter changed",
    explain: "\
With `nodePort` Cassandra itself listens on that port, because drivers connect to all nodes on the port of their contact
points. When the port changes, clients with the old port lose one node after the other during the rolling restart. Clients
with the new port reach no node at first.

To change the port without an interruption, add a datacenter with the new port, rebuild it, and move the clients. If an
interruption is acceptable, change the contact points of the clients together with the port, and accept E344 with that as
the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for Pair { before, after } in transition.datacenters() {
        let (was, now) = (before.native_port, after.native_port);
        if was != now && before.nodes() > 0 && after.nodes() > 0 {
            let at = At::of(Scope::Datacenter(&after.name), "nodePort.native", "nativePort");
            let name = &after.name;
            let message = format!("the CQL port of `{name}` changed from {was} to {now}: clients would be cut off");
            let complaint = transition.refuse(&RULE, message, at, format!("now {now}"), format!("deployed: {was}"));
            let help = "add a datacenter with the new port, and move the clients; if an interruption is acceptable, \
                        add `{code: E344, reason: …}` to `spec.accept`";
            complaints.push(complaint.help(help));
        }
    }
}
