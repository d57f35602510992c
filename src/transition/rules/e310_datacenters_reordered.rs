//! E310: datacenters in another order.

use cassc_ring::facts::{misplaced_datacenter, right_order_of_datacenters};

use crate::diagnostic::{Diagnostic, Rule};
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
    let (was, now) = (&transition.rings.0, &transition.rings.1);
    let Some(moved) = misplaced_datacenter(was, now) else { return };
    let name = |position: usize| now.datacenters[position].name.as_str();
    let order: Vec<&str> = right_order_of_datacenters(was, now).into_iter().map(name).collect();
    let (datacenter, next) = (name(moved.position), name(moved.next()));
    let (at, before_it) = (At::name(Scope::Datacenter(datacenter)), At::name(Scope::Datacenter(next)));
    let message = format!("the datacenter `{datacenter}` stands before `{next}`");
    let (label, was_at) = if moved.is_new {
        ("a new datacenter comes last", transition.was(before_it, "was here before it"))
    } else {
        ("was behind it", transition.was(at, "stood here"))
    };
    let complaint = RULE.complain(message, transition.now(at, label)).labels(was_at);
    complaints.push(complaint.help(format!("write them in this order: {}", order.join(", "))));
}
