//! E314: a datacenter joins while a different one leaves.

use super::e312_datacenter_removed::instead;
use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

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
    let (pairs, added) = (transition.datacenters(), transition.added_datacenters());
    let grown = pairs.iter().filter(|Pair { before, after }| before.nodes() == 0 && after.nodes() > 0);
    let emptied = pairs.iter().filter(|Pair { before, after }| before.nodes() > 0 && after.nodes() == 0);
    let with_nodes = added.into_iter().filter(|datacenter| datacenter.nodes() > 0);
    let comes: Option<&Datacenter> = with_nodes.chain(grown.map(|pair| pair.after)).next();
    // A datacenter with nodes and a new name at its position may be renamed: E312 asks about that.
    let removed = transition.removed_datacenters().into_iter();
    let removed = removed.filter(|gone| gone.nodes() == 0 || instead(transition, gone).is_none());
    let goes: Option<&Datacenter> = removed.chain(emptied.map(|pair| pair.before)).next();
    let (Some(comes), Some(goes)) = (comes, goes) else { return };
    let message = format!("datacenter `{}` joins while `{}` leaves", comes.name, goes.name);
    let at = transition.now(At::name(Scope::Datacenter(&comes.name)), "has no data yet");
    let was = transition.was(At::name(Scope::Datacenter(&goes.name)), "may hold its data");
    let help = format!("leave `{}` unchanged until `{}` is rebuilt and the clients have moved", goes.name, comes.name);
    complaints.push(RULE.complain(message, at).labels(was).help(help));
}
