//! E311: a rack with nodes on other workers.

use std::collections::BTreeMap;

use crate::cluster::Rack;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E311",
    name: "rack-moved",
    summary: "the zone, the node labels or the required node affinity of a rack with nodes are others",
    explain: "\
A volume belongs to the zone in which it was made, or to the very worker. A pod that must run elsewhere cannot take its
volume along and stays Pending; the roll stops at the first one. Cass Operator refuses another zone and lets it be
removed, as cassc does: without a zone pods go wherever their volumes are.

Write the zone that it was. To move a rack to another zone, add a datacenter whose racks have it, rebuild it, and let the
old one leave. If the workers of before carry the new labels too, accept the code and say so as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

const ZONE: &str = "topology.kubernetes.io/zone";

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    required_workers(transition, complaints);
    for change in transition.changed_racks(|_, _, rack| (rack.nodes > 0).then_some(&rack.node_labels)) {
        let (Some(was), Some(now)) = (change.before, change.after) else { continue };
        let Some((label, value)) = now.iter().find(|(label, value)| was.get(*label) != Some(value)) else { continue };
        let whose = change.whose();
        let (field, message) = if label == ZONE {
            ("zone", format!("{whose} cannot follow to the zone `{value}`"))
        } else {
            ("nodeLabels", format!("{whose} cannot follow to workers with `{label}: {value}`"))
        };
        let at = change.at(field, "nodeLabels");
        let complaint = transition.refuse(&RULE, message, at, "the volumes stay where they are", shown(was, label));
        complaints.push(complaint.help("write what it was; a rack moves by way of a new datacenter"));
    }
}

/// What workers must be like by other operators than equality.
fn required_workers(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let required = |rack: &Rack| {
        let affinity = rack.scheduling.node_affinity.clone().unwrap_or_default();
        (rack.nodes > 0).then_some(affinity.required_during_scheduling_ignored_during_execution)
    };
    for change in transition.changed_racks(|_, _, rack| required(rack)) {
        let (Some(was), Some(Some(_))) = (&change.before, &change.after) else { continue };
        let field = "scheduling.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
        let at = change.at(field, "scheduling.nodeAffinity");
        let message = format!("{} may have to go to other workers", change.whose());
        let was = if was.is_some() { "what was required" } else { "any worker would do" };
        let complaint = transition.refuse(&RULE, message, at, "the volumes stay where they are", was);
        complaints.push(complaint.help("accept the code if the workers of before fit as well"));
    }
}

fn shown(was: &BTreeMap<String, String>, label: &str) -> String {
    was.get(label).map_or_else(|| "was on any worker".to_owned(), |value| format!("was `{value}`"))
}
