//! E310: the order of the datacenters changed.

use cassc_ring::facts::{misplaced_datacenter, right_order_of_datacenters};

use crate::diagnostic::{Diagnostic, Rule};
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
    let (was, now) = (&transition.rings.0, &transition.rings.1);
    let Some(moved) = misplaced_datacenter(was, now) else { return };
    let name = |position: usize| now.datacenters[position].name.as_str();
    let order: Vec<&str> = right_order_of_datacenters(was, now).into_iter().map(name).collect();
    let (datacenter, next) = (name(moved.position), name(moved.next()));
    let (at, before_it) = (At::name(Scope::Datacenter(datacenter)), At::name(Scope::Datacenter(next)));
    let kind = if moved.is_new { "new datacenter" } else { "datacenter" };
    let message = format!("{kind} `{datacenter}` is listed before `{next}`");
    let (label, was_at) = if moved.is_new {
        ("new datacenters go last", transition.label_before(before_it, "deployed datacenter"))
    } else {
        ("was listed later", transition.label_before(at, "deployed position"))
    };
    let complaint = RULE.complain(message, transition.label_after(at, label)).labels(was_at);
    complaints.push(complaint.help(format!("write the datacenters in this order: {}", order.join(", "))));
}
