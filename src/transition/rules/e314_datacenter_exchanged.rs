//! E314: one datacenter comes while another one goes.

use cassc_ring::facts::exchanged_datacenters;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E314",
    name: "datacenter-exchanged",
    summary: "a datacenter comes while another one goes in the same change",
    explain: "\
A new datacenter has no data until it was rebuilt from another one, and that may be the very one that goes. Between the two
there are steps that a person decides: keyspaces are altered, clients move. CassKop takes such a change for a rename.

Make several commits of it: add the new datacenter; alter the keyspaces so that it holds replicas, rebuild it, and move
the clients; alter the keyspaces so that the old one holds none; write `nodes: 0` for the old one; remove it.",
};

pub(super) const FORCE: Force = Force::Never("the same is done safely in several commits");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some((comes, goes)) = exchanged_datacenters(&transition.rings.0, &transition.rings.1) else { return };
    let message = format!("`{comes}` comes while `{goes}` goes");
    let at = transition.now(At::name(Scope::Datacenter(comes)), "has no data yet");
    let was = transition.was(At::name(Scope::Datacenter(goes)), "may have the data that it needs");
    let help = format!("keep `{goes}` as it is until `{comes}` was rebuilt and the clients have moved");
    complaints.push(RULE.complain(message, at).labels(was).help(help));
}
