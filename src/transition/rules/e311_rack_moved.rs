//! E311: the zone, the node labels or the required node affinity of a deployed rack changed.

use crate::cluster::Rack;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E311",
    name: "rack-moved",
    summary: "the zone, the node labels or the required node affinity of a deployed rack changed",
    explain: "\
A volume belongs to the zone, or to the worker, where it was created. A pod that must run elsewhere cannot use its volume
and stays Pending; the rolling restart stops at the first such pod. Cass Operator refuses a changed zone too. Removing the
zone is allowed: pods are then scheduled where their volumes are.

Write the deployed zone. To move a rack to another zone, add a datacenter with racks in that zone, rebuild it, and
decommission the old datacenter. If the current workers have the new labels too, accept E311 with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

const ZONE: &str = "topology.kubernetes.io/zone";

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    required_workers(transition, complaints);
    for change in transition.changed_racks(|_, _, rack| (rack.nodes > 0).then_some(&rack.node_labels)) {
        let (Some(was), Some(now)) = (change.before, change.after) else { continue };
        let Some((label, value)) = now.iter().find(|(label, value)| was.get(*label) != Some(value)) else { continue };
        let whose = change.whose();
        let (field, key, message) = if label == ZONE {
            ("zone", "zone", format!("the zone of {whose} changed to `{value}`: the volumes cannot move there"))
        } else {
            let message =
                format!("{whose} now requires workers with `{label}: {value}`: the volumes cannot move there");
            ("nodeLabels", label.as_str(), message)
        };
        let at = change.at(field, "nodeLabels");
        let (deployed, help) = match was.get(label) {
            Some(value) => (format!("deployed: `{value}`"), format!("write `{key}: {value}`")),
            None => ("deployed on any worker".to_owned(), format!("remove `{key}`")),
        };
        let complaint = transition.refuse(&RULE, message, at, format!("now `{value}`"), deployed);
        complaints.push(complaint.help(format!("{help}; to move a rack, add a datacenter there")));
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
        let message = format!("{} now requires other workers: the volumes cannot move there", change.whose());
        let was = if was.is_some() { "deployed with this requirement" } else { "deployed on any worker" };
        let complaint = transition.refuse(&RULE, message, at, "now required", was);
        complaints.push(complaint.help("if the current workers fit as well, accept E311 with that as the reason"));
    }
}
