//! E314: one datacenter comes while another one goes.

use super::e312_datacenter_removed::instead;
use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

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
    let (pairs, added) = (transition.datacenters(), transition.added_datacenters());
    let grown = pairs.iter().filter(|Pair { before, after }| before.nodes() == 0 && after.nodes() > 0);
    let emptied = pairs.iter().filter(|Pair { before, after }| before.nodes() > 0 && after.nodes() == 0);
    let with_nodes = added.into_iter().filter(|datacenter| datacenter.nodes() > 0);
    let comes: Option<&Datacenter> = with_nodes.chain(grown.map(|pair| pair.after)).next();
    // One that has nodes and another name in its place was renamed, as E312 asks.
    let removed = transition.removed_datacenters().into_iter();
    let removed = removed.filter(|gone| gone.nodes() == 0 || instead(transition, gone).is_none());
    let goes: Option<&Datacenter> = removed.chain(emptied.map(|pair| pair.before)).next();
    let (Some(comes), Some(goes)) = (comes, goes) else { return };
    let message = format!("`{}` comes while `{}` goes", comes.name, goes.name);
    let at = transition.now(At::name(Scope::Datacenter(&comes.name)), "has no data yet");
    let was = transition.was(At::name(Scope::Datacenter(&goes.name)), "may have the data that it needs");
    let help = format!("keep `{}` as it is until `{}` was rebuilt and the clients have moved", goes.name, comes.name);
    complaints.push(RULE.complain(message, at).labels(was).help(help));
}
