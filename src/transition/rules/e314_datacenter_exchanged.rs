//! E314: a datacenter joins while a different one leaves.

use cassc_ring::facts::exchanged_datacenters;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E314",
    name: "datacenter-exchanged",
    summary: "a datacenter joins while a different one leaves in the same change",
    explain: "\
A new datacenter has no data until it is rebuilt from an existing one, which may be the one that leaves. The steps in
between are yours: alter the keyspaces and move the clients. CassKop treats such a change as a rename.

Use several commits: add the new datacenter; alter the keyspaces so that it has replicas, rebuild it, and move the clients;
alter the keyspaces so that the old datacenter has no replicas; write `nodes: 0` for it; remove it.",
};

pub(super) const FORCE: Force = Force::Never("several commits do the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some((comes, goes)) = exchanged_datacenters(&transition.rings.0, &transition.rings.1) else { return };
    let message = format!("datacenter `{comes}` joins while `{goes}` leaves");
    let at = transition.label_after(At::name(Scope::Datacenter(comes)), "has no data yet");
    let was = transition.label_before(At::name(Scope::Datacenter(goes)), "may hold its data");
    let help = format!("leave `{goes}` unchanged until `{comes}` is rebuilt and the clients have moved");
    complaints.push(RULE.complain(message, at).labels(was).help(help));
}
