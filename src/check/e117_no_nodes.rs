//! E117: a cluster without nodes.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::Founding;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E117",
    name: "no-nodes",
    summary: "a cluster has no datacenters or no nodes, or a datacenter has no racks",
    explain: "\
A topology without nodes would render no cluster, and a delivery tool that prunes would delete the running one. A datacenter
may have `nodes: 0` before you remove it, but not the last datacenter.

The first pod of the first datacenter founds the ring. If that datacenter has no nodes, a new cluster would wait forever. If
the ring exists, write `founding: never`.

To delete a cluster, see `cassc explain E360`. The PVCs with the data stay until you delete them.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let datacenters = &subject.spec().datacenters;
    let route = Route::of("spec.datacenters");
    if datacenters.is_empty() {
        let complaint = RULE.complain("the cluster has no datacenters", subject.value(route, ""));
        complaints.push(complaint.expected("at least one datacenter"));
        return;
    }
    for (index, datacenter) in datacenters.iter().enumerate().filter(|(_, datacenter)| datacenter.racks.is_empty()) {
        let message = format!("the datacenter `{}` has no racks", datacenter.name);
        let at = subject.value(Level::Datacenter(index).route().key("racks"), "");
        complaints
            .push(RULE.complain(message, at).help("add a rack, or remove `racks` to get one rack named `default`"));
    }
    let nodes: Option<Vec<&[u32]>> = (0..datacenters.len()).map(|index| subject.nodes_of_racks(index)).collect();
    let none = nodes.is_some_and(|nodes| nodes.iter().copied().flatten().all(|nodes| *nodes == 0));
    if none && datacenters.iter().all(|datacenter| !datacenter.racks.is_empty()) {
        let key = if datacenters[0].nodes.is_some() { "nodes" } else { "racks" };
        let at = subject.value(Level::Datacenter(0).route().key(key), "");
        complaints.push(RULE.complain("the cluster has no nodes", at).expected("at least one node"));
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
        let message = format!("the first datacenter `{}` founds the ring, but has no nodes", first.name);
        RULE.complain(message, at).help("if the ring exists, add `founding: never` to `spec`")
    })
}
