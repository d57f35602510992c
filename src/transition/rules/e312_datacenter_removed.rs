//! E312: a datacenter with nodes that is no longer there.

use cassc_wording::nodes;

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E312",
    name: "datacenter-removed",
    summary: "a datacenter that has nodes is gone, or has another name",
    explain: "\
With the objects of a datacenter its pods are deleted at once, and none of its nodes says goodbye: the others keep them as
down for ever, writes at EACH_QUORUM fail, and rows whose only replicas were there are gone. CassKop refuses it too. A
datacenter with another name is one that is removed and one that is added.

Three commits do it: alter every keyspace so that the datacenter holds no replicas and move the clients; write `nodes: 0` for
it and let its nodes leave the ring; then remove it. The claims stay until you delete them.",
};

pub(super) const FORCE: Force = Force::Never("its nodes must leave the ring first");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let with_nodes = |datacenter: &&Datacenter| datacenter.nodes() > 0;
    for datacenter in transition.removed_datacenters().into_iter().filter(with_nodes) {
        let name = &datacenter.name;
        let message = format!("the datacenter `{name}` is gone, and it has {}", nodes(datacenter.nodes()));
        let was = transition.was(At::name(Scope::Datacenter(name)), "was here");
        let (complaint, help) = match instead(transition, datacenter) {
            Some(instead) => {
                let at =
                    transition.now(At::name(Scope::Datacenter(&instead.name)), format!("is this `{name}` renamed?"));
                (RULE.complain(message, at), format!("write `{name}`: the name of a datacenter never changes"))
            }
            None => {
                let at = transition.now(At::of(Scope::Cluster, "datacenters", "datacenters"), "not among these");
                (
                    RULE.complain(message, at),
                    format!("put `{name}` back with `nodes: 0`, and remove it in a later commit"),
                )
            }
        };
        complaints.push(complaint.labels(was).help(help));
    }
}

/// The new datacenter in the place of one that is gone.
pub(super) fn instead<'t>(transition: &Transition<'t>, gone: &Datacenter) -> Option<&'t Datacenter> {
    let position = transition.before.datacenters.iter().position(|datacenter| datacenter.name == gone.name)?;
    let instead = transition.after.datacenters.get(position)?;
    transition.before.datacenter(&instead.name).is_none().then_some(instead)
}
