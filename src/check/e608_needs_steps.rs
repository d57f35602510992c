//! E608: a field that only the program in the cluster can fulfil, where it does not run.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;
use crate::topology::{Cleanup, WhenNodesLeave};

pub(super) const RULE: Rule = Rule {
    code: "E608",
    name: "needs-steps",
    summary: "a field needs `steps`, which are not enabled",
    explain: "\
No manifest can drain a node, create a role, keep the schedules of Reaper or delete the volume of a node that left the ring. Those fields are fulfilled by the
program `cassc-step`, which runs in the Kubernetes cluster with `steps: {enabled: true}`. Without it they would have no effect,
although the topology looks as if they had.

Write `steps: {enabled: true}`, which restarts no pod, or remove the field and follow the plan by hand (docs/plan.md).",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let steps = subject.spec().steps.as_ref();
    if steps.is_some_and(|steps| steps.enabled) {
        return;
    }
    for (field, route) in asked_for(subject) {
        let complaint = RULE.complain(format!("`{field}` needs `steps`"), subject.value(route, ""));
        let off = steps.map(|_| subject.value(Route::of("spec.steps.enabled"), "turned off"));
        complaints.push(complaint.labels(off).help("write `steps: {enabled: true}`, or remove the field"));
    }
}

/// What is asked of the program, in the words of the topology, and where.
fn asked_for(subject: &Subject<'_>) -> Vec<(&'static str, Route)> {
    let spec = subject.spec();
    let of_cluster = [
        ("stopped: true", "spec.stopped", spec.stopped),
        ("cleanup: auto", "spec.cleanup", spec.cleanup == Some(Cleanup::Auto)),
        ("superuser: {generate: true}", "spec.auth.superuser.generate", spec.auth.superuser.generate),
        ("auth.roles", "spec.auth.roles", !spec.auth.roles.is_empty()),
        ("operations", "spec.operations", !spec.operations.is_empty()),
        ("repair.reaper", "spec.repair.reaper", spec.repair.reaper.is_some()),
    ];
    let of_cluster = of_cluster.into_iter().filter(|(.., is_asked)| *is_asked);
    let asked = of_cluster.map(|(field, route, _)| (field, Route::of(route)));
    let datacenters = spec.datacenters.iter().enumerate();
    let racks = subject.racks.iter();
    let policies = std::iter::once((Level::Cluster, spec.storage.when_nodes_leave))
        .chain(datacenters.map(|(index, it)| (Level::Datacenter(index), it.storage.when_nodes_leave)))
        .chain(racks.map(|place| (place.level(), place.rack.storage.when_nodes_leave)));
    let deleting = policies.filter(|(_, policy)| *policy == Some(WhenNodesLeave::Delete));
    let place = |level: Level| level.route().key("storage").key("whenNodesLeave");
    asked.chain(deleting.map(|(level, _)| ("whenNodesLeave: delete", place(level)))).collect()
}
