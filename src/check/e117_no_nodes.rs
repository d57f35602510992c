//! E117: nothing to run.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::Founding;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E117",
    name: "no-nodes",
    summary: "a cluster without datacenters or nodes, or a datacenter without racks",
    explain: "\
A topology without a single node would render no cluster at all, and a delivery tool that prunes would remove the one
that runs. A datacenter may have `nodes: 0` on its way out, but not the last one.

The first pod of the first datacenter founds the ring. Where that datacenter is on its way out the ring exists, so
`founding: never` says so; in a new cluster every pod would wait for ever.

To remove a cluster, remove its objects from the delivery tool; the claims with the data stay until you delete them.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let datacenters = &subject.spec().datacenters;
    let route = Route::of("spec.datacenters");
    if datacenters.is_empty() {
        let complaint = RULE.complain("the cluster has no datacenters", subject.value(route, ""));
        complaints.push(complaint.expected("one datacenter at least"));
        return;
    }
    for (index, datacenter) in datacenters.iter().enumerate().filter(|(_, datacenter)| datacenter.racks.is_empty()) {
        let message = format!("the datacenter `{}` has no racks", datacenter.name);
        let at = subject.value(Level::Datacenter(index).route().key("racks"), "");
        complaints
            .push(RULE.complain(message, at).help("name a rack, or remove `racks`: there is one then, `default`"));
    }
    let nodes: Option<Vec<&[u32]>> = (0..datacenters.len()).map(|index| subject.nodes_of_racks(index)).collect();
    let none = nodes.is_some_and(|nodes| nodes.iter().copied().flatten().all(|nodes| *nodes == 0));
    if none && datacenters.iter().all(|datacenter| !datacenter.racks.is_empty()) {
        let key = if datacenters[0].nodes.is_some() { "nodes" } else { "racks" };
        let at = subject.value(Level::Datacenter(0).route().key(key), "");
        complaints.push(RULE.complain("the cluster has no nodes", at).expected("one node at least"));
    } else if subject.spec().founding == Founding::Auto {
        complaints.extend(founder_missing(subject));
    }
}

fn founder_missing(subject: &Subject<'_>) -> Option<Diagnostic> {
    let first = subject.spec().datacenters.first()?;
    let nodes = subject.nodes_of_racks(0)?;
    (!nodes.is_empty() && nodes.iter().all(|nodes| *nodes == 0)).then(|| {
        let key = if first.nodes.is_some() { "nodes" } else { "racks" };
        let at = subject.value(Level::Datacenter(0).route().key(key), "");
        let message = format!("the datacenter `{}` founds the ring and has no nodes", first.name);
        RULE.complain(message, at).help("if the ring exists, write `founding: never` below `spec`")
    })
}
