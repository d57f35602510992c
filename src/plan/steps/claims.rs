//! Claims grow in place; those of nodes that left are deleted with their data.

use cassc_ring::actions::leaving_pods;
use cassc_ring::desired::WhenNodesLeave;
use cassc_ring::names;
use cassc_ring::step::{Action, ClaimGrowth};

use super::super::Difference;
use crate::cluster::{Cluster, Datacenter, Rack, VolumeSource};

/// Claims of the data volume whose size changes: of pods that stay, from what they have; of new pods, from
/// what they are born with.
pub(crate) fn expand(difference: &Difference<'_>) -> Vec<Action> {
    let (Some(after), before) = (difference.after, difference.before) else { return Vec::new() };
    let racks = after.datacenters.iter().flat_map(|it| it.racks.iter().map(move |rack| (it, rack)));
    let claims: Vec<ClaimGrowth> = racks.flat_map(|(datacenter, rack)| growth(before, datacenter, rack)).collect();
    if claims.is_empty() { Vec::new() } else { vec![Action::ExpandClaims { claims }] }
}

fn growth(before: Option<&Cluster>, datacenter: &Datacenter, rack: &Rack) -> Vec<ClaimGrowth> {
    let Some(to) = &rack.expand_to else { return Vec::new() };
    let was = before.and_then(|before| before.datacenter(&datacenter.name)?.rack(&rack.name));
    let claim = |ordinal: u32| {
        let there = was.filter(|was| ordinal < was.nodes);
        let from = there.map_or(&rack.storage.size, |was| was.expand_to.as_ref().unwrap_or(&was.storage.size));
        let claim = names::claim(names::SERVER_DATA, &names::pod(&rack.stateful_set, ordinal));
        (from != to).then(|| ClaimGrowth { claim, from: from.clone(), to: to.clone() })
    };
    (0..rack.nodes).filter_map(claim).collect()
}

/// Whether the program in the cluster leaves the claims of a pod. Without it they are deleted by hand.
fn stay(difference: &Difference<'_>, pod: &str) -> bool {
    let after = difference.after.filter(|after| after.steps.is_some());
    let of_pod = |rack: &Rack| names::set_of_pod(pod) == Some(&rack.stateful_set);
    let mut racks = after.into_iter().flat_map(Cluster::racks);
    racks.any(|(_, rack)| of_pod(rack) && rack.when_nodes_leave == WhenNodesLeave::Retain)
}

/// The claims of nodes that left, in the order in which they left. Nobody else deletes them: the retention policy of
/// the StatefulSets is `Retain`. Of a topology that is gone nothing is decommissioned and every claim stays.
pub(crate) fn delete(difference: &Difference<'_>) -> Vec<Action> {
    let (Some(before), Some(_)) = (difference.before, difference.after) else { return Vec::new() };
    let additional = before.additional_volumes.iter().filter(|it| matches!(it.source, VolumeSource::Claim(_)));
    let templates: Vec<&str> = [names::SERVER_DATA].into_iter().chain(additional.map(|it| it.name.as_str())).collect();
    let claims: Vec<String> = leaving_pods(difference.ring())
        .into_iter()
        .filter(|pod| !stay(difference, pod))
        .flat_map(|pod| templates.iter().map(move |template| names::claim(template, &pod)).collect::<Vec<_>>())
        .collect();
    if claims.is_empty() { Vec::new() } else { vec![Action::DeleteClaims { claims }] }
}
