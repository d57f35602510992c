//! E310: the order of the datacenters changed.

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::order::{out_of_order, right_order};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E310",
    name: "datacenters-reordered",
    summary: "the order of the datacenters changed, or a new datacenter is not last",
    explain: "\
The first datacenter founds the ring, and pods start one datacenter after the other. A new datacenter at the front of the
list could found a second ring.

Keep the deployed order and add new datacenters at the end. When the first datacenter has been removed, the next one becomes
the first.",
};

pub(super) const FORCE: Force = Force::Never("the deployed order gives the same datacenters and founds no second ring");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let names = |list: &[Datacenter]| list.iter().map(|datacenter| datacenter.name.clone()).collect::<Vec<_>>();
    let (was, now) = (names(&transition.before.datacenters), names(&transition.after.datacenters));
    let Some(moved) = out_of_order(&was, &now) else { return };
    let (at, before_it) = (At::name(Scope::Datacenter(&moved.name)), At::name(Scope::Datacenter(&moved.before)));
    let datacenter = if moved.is_new { "new datacenter" } else { "datacenter" };
    let message = format!("{datacenter} `{}` is listed before `{}`", moved.name, moved.before);
    let (label, was_at) = if moved.is_new {
        ("new datacenters go last", transition.was(before_it, "deployed datacenter"))
    } else {
        ("was listed later", transition.was(at, "deployed position"))
    };
    let complaint = RULE.complain(message, transition.now(at, label)).labels(was_at);
    complaints.push(complaint.help(format!("write the datacenters in this order: {}", right_order(&was, &now))));
}
