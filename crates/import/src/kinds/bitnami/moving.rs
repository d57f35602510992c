//! What the topology is for: the chart's volumes cannot be adopted.

use super::ring::OF_SIMPLE_SNITCH;
use super::{Values, optional, text};
use crate::draft::{Draft, spec};
use crate::path::Path;
use crate::report::Refusal;

/// What a person must decide about the old ring.
pub(super) fn write(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let extra = values.keys(&["cluster", "extraSeeds"]);
    if let Some(seeds) = optional::<Vec<String>>(&extra)?.filter(|seeds| !seeds.is_empty()) {
        draft.carry(&extra, &spec(&["additionalSeeds"]), seeds);
    }
    let snitch = values.keys(&["cluster", "endpointSnitch"]);
    let name = text(&snitch)?.unwrap_or_else(|| "SimpleSnitch".to_owned());
    let datacenter = text(&values.keys(&["cluster", "datacenter"]))?.unwrap_or_else(|| "dc1".to_owned());
    let fullname = text(&values.keys(&["fullnameOverride"]))?.unwrap_or_else(|| "<release>-cassandra".to_owned());
    let seed = format!("{fullname}-0.{fullname}-headless.<namespace>.svc.cluster.local");
    let from = Some(&values.at);
    let what = "the chart's pods, volumes and image have other names and another layout, so cassc adopts none of them: decide \
                whether this is a new ring, or a new datacenter of the ring that runs";
    draft.ask(from, &Path::of(&["spec"]), what);
    let what = format!(
        "to join a new datacenter to the ring that runs, keep the cluster name, write `additionalSeeds: [{seed}]`, and give the \
         datacenter a `ringName` that the ring does not have, such as `{datacenter}b`, and `rebuildFrom: {datacenter}`; when it \
         is rebuilt and clients use it, take the old datacenter out of all keyspaces and remove its nodes"
    );
    draft.ask(from, &spec(&["additionalSeeds"]), &what);
    let what = "for a new ring beside the one that runs, write another name: a pod that gets the address of an old one could \
                join two rings of the same name";
    draft.ask(from, &spec(&["clusterName"]), what);
    if name.ends_with("SimpleSnitch") {
        let (datacenter, rack) = OF_SIMPLE_SNITCH;
        let what = format!(
            "with SimpleSnitch every node of the old ring is in datacenter `{datacenter}`, rack `{rack}`, whatever the values \
             name, and no second datacenter can join. Before one does, set `cluster.datacenter: {datacenter}`, \
             `cluster.rack: {rack}` and `cluster.endpointSnitch: GossipingPropertyFileSnitch` in the values of the old ring, \
             restart its nodes one by one, and alter keyspaces with SimpleStrategy to NetworkTopologyStrategy"
        );
        let from = snitch.value().map(|_| &snitch);
        draft.ask(from, &spec(&["datacenters"]).index(0).key("ringName"), &what);
    } else if name.ends_with("GossipingPropertyFileSnitch") {
        draft.meet(&snitch, "the snitch that cassc uses");
    } else {
        draft.lose(
            &snitch,
            "told datacenters and racks in another way than cassc's nodes do",
            "change the old ring to GossipingPropertyFileSnitch, with the names that it has now, before a datacenter joins it",
        );
    }
    Ok(())
}
