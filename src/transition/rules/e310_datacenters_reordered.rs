//! E310: datacenters in another order.

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::order::{out_of_order, right_order};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E310",
    name: "datacenters-reordered",
    summary: "the datacenters are in another order, or a new one is not the last",
    explain: "\
The first datacenter founds the ring, and pods start datacenter by datacenter. A new datacenter in front could found a ring
of its own beside the one that exists.

Write the datacenters in the order in which they were, and new ones after them. When the first one has left, the next is the
first.",
};

pub(super) const FORCE: Force = Force::Never("the order of before says the same and founds nothing");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let names = |list: &[Datacenter]| list.iter().map(|datacenter| datacenter.name.clone()).collect::<Vec<_>>();
    let (was, now) = (names(&transition.before.datacenters), names(&transition.after.datacenters));
    let Some(moved) = out_of_order(&was, &now) else { return };
    let (at, before_it) = (At::name(Scope::Datacenter(&moved.name)), At::name(Scope::Datacenter(&moved.before)));
    let message = format!("the datacenter `{}` stands before `{}`", moved.name, moved.before);
    let (label, was_at) = if moved.is_new {
        ("a new datacenter comes last", transition.was(before_it, "was here before it"))
    } else {
        ("was behind it", transition.was(at, "stood here"))
    };
    let complaint = RULE.complain(message, transition.now(at, label)).labels(was_at);
    complaints.push(complaint.help(format!("write them in this order: {}", right_order(&was, &now))));
}
