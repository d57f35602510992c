//! Whether a dump is complete, and the cluster in it at rest: every node is up, and the operator does nothing.

use cassc_import::documents::At;
use cassc_import::report::Refusal;
use cassc_ring::names;

use super::Input;
use super::live::{TAKE_DUMP, condition, items, number, text};
use crate::cluster::{Datacenter, Rack};

/// The finalizer that the operator adds to its resources.
const FINALIZER: &str = "finalizer.cassandra.datastax.com";

/// Conditions of a `CassandraDatacenter` that are true while the operator changes something, and in what words.
/// Source: `DatacenterConditionType` of Cass Operator (`apis/cassandra/v1beta1`).
const UNDER_WAY: [(&str, &str); 9] = [
    ("Decommission", "nodes are decommissioned"),
    ("ReplacingNodes", "nodes are replaced"),
    ("ResizingVolumes", "volumes are resized"),
    ("Resuming", "nodes start again"),
    ("RollingRestart", "pods are restarted"),
    ("ScalingDown", "nodes leave"),
    ("ScalingUp", "nodes join"),
    ("Stopped", "it is stopped"),
    ("Updating", "pods are updated"),
];

/// Everything that is missing or under way.
pub(super) fn refusals(input: &Input<'_>) -> Vec<Refusal> {
    let mut refused = absent_kinds(input);
    if !refused.is_empty() {
        return refused;
    }
    for datacenter in &input.cluster.datacenters {
        match input.live.resources.get(datacenter.name.as_str()) {
            Some(resource) => refused.extend(of_resource(resource)),
            None => refused.push(input.live.anchor().refused(
                format!("the dump has no CassandraDatacenter `{}`", datacenter.name),
                "adopt all datacenters of a cluster at once, and only those; compare the names with the topology",
            )),
        }
    }
    for (name, at) in &input.live.resources {
        if input.cluster.datacenter(name).is_none() {
            let help = "the datacenters of a cluster share services: adopt all of them at once";
            refused.push(at.key("metadata").key("name").refused("the topology does not have this datacenter", help));
        }
    }
    for (datacenter, rack) in input.cluster.racks() {
        refused.extend(of_rack(input, datacenter, rack));
    }
    refused.extend(strangers(input));
    refused
}

fn absent_kinds(input: &Input<'_>) -> Vec<Refusal> {
    let kinds = ["StatefulSet", "Pod", "PersistentVolumeClaim", "Service"];
    let absent = kinds.into_iter().filter(|kind| input.live.of_kind(kind).next().is_none());
    absent.map(|kind| input.live.anchor().refused(format!("the dump has no {kind} beside it"), TAKE_DUMP)).collect()
}

fn of_resource(resource: &At<'_>) -> Vec<Refusal> {
    let status = resource.key("status");
    let metadata = resource.key("metadata");
    let mut refused = Vec::new();
    if status.value().is_none() {
        return vec![resource.refused("it has no status: this is no dump of a live resource", TAKE_DUMP)];
    }
    if metadata.key("deletionTimestamp").value().is_some() {
        let help = "the operator deletes its nodes and volumes: it is too late";
        refused.push(metadata.key("deletionTimestamp").refused("it is being deleted", help));
    }
    if resource.keys(&["spec", "stopped"]).value().and_then(serde_json::Value::as_bool) == Some(true) {
        let help = "start it again and wait until it is ready; `stopped: true` of cassc stops it later";
        refused.push(resource.keys(&["spec", "stopped"]).refused("it is stopped", help));
    }
    refused.extend(owners(&metadata));
    refused.extend(progress(resource, &status));
    let others = items(&metadata.key("finalizers")).into_iter().filter(|it| text(it) != FINALIZER);
    refused.extend(others.map(|it| {
        let message = format!("the finalizer `{}` is not the operator's", text(&it));
        it.refused(message, "whoever added it must remove it first")
    }));
    refused
}

fn owners(metadata: &At<'_>) -> Option<Refusal> {
    let owner = items(&metadata.key("ownerReferences")).into_iter().next()?;
    let kind = text(&owner.key("kind"));
    let help = "its owner would make it anew; only a CassandraDatacenter that nothing else manages can be adopted";
    Some(owner.refused(format!("it belongs to the {kind} `{}`", text(&owner.key("name"))), help))
}

fn progress(resource: &At<'_>, status: &At<'_>) -> Vec<Refusal> {
    let wait = "wait until it is done, then take the dump again";
    let mut refused = Vec::new();
    let progress = status.key("cassandraOperatorProgress");
    if text(&progress) != "Ready" {
        refused.push(progress.refused(format!("the operator is at work (`{}`)", text(&progress)), wait));
    }
    let conditions = status.key("conditions");
    if condition(resource, "Ready") == "False" {
        refused.push(conditions.refused("it is not ready", wait));
    }
    let under_way = UNDER_WAY.into_iter().filter(|(kind, _)| condition(resource, kind) == "True");
    refused.extend(under_way.map(|(kind, words)| conditions.refused(format!("{words} (`{kind}`)"), wait)));
    for (field, words) in [("nodeReplacements", "nodes are replaced"), ("trackedTasks", "tasks are under way")] {
        let at = status.key(field);
        refused.extend((!items(&at).is_empty()).then(|| at.refused(words, wait)));
    }
    let observed = status.key("observedGeneration");
    if observed.value().is_some() && number(&observed) != number(&resource.keys(&["metadata", "generation"])) {
        refused.push(observed.refused("the operator has not seen its last change yet", wait));
    }
    refused
}

fn of_rack(input: &Input<'_>, datacenter: &Datacenter, rack: &Rack) -> Vec<Refusal> {
    let Some(set) = input.live.get("StatefulSet", &rack.stateful_set) else {
        let message = format!("the dump has no StatefulSet `{}` (rack `{}`)", rack.stateful_set, rack.name);
        let help = "compare names of cluster, datacenter and rack with the topology";
        return vec![input.live.anchor().refused(message, help)];
    };
    let mut refused: Vec<Refusal> = [owned(set, datacenter), size(set, rack)].into_iter().flatten().collect();
    if refused.is_empty() {
        refused.extend(up(set));
    }
    for ordinal in 0..rack.nodes {
        refused.extend(pod(input, datacenter, set, &names::pod(&rack.stateful_set, ordinal)));
    }
    refused
}

/// A StatefulSet belongs to its datacenter's resource.
fn owned(set: &At<'_>, datacenter: &Datacenter) -> Option<Refusal> {
    let owners = set.keys(&["metadata", "ownerReferences"]);
    let is_owner =
        |it: &At<'_>| text(&it.key("kind")) == "CassandraDatacenter" && text(&it.key("name")) == datacenter.name;
    let belongs = items(&owners).iter().any(is_owner);
    (!belongs).then(|| {
        let help = "only StatefulSets that Cass Operator runs can be adopted; one that cassc renders needs no adoption";
        owners.refused(format!("it does not belong to the CassandraDatacenter `{}`", datacenter.name), help)
    })
}

fn size(set: &At<'_>, rack: &Rack) -> Option<Refusal> {
    let at = set.keys(&["spec", "replicas"]);
    let replicas = number(&at);
    (replicas != u64::from(rack.nodes)).then(|| {
        let message = format!("it has {replicas} replicas, and the topology {} nodes", rack.nodes);
        at.refused(message, "write the number of nodes that there are; grow or shrink after the adoption")
    })
}

fn up(set: &At<'_>) -> Vec<Refusal> {
    let status = set.key("status");
    let wait = "wait until every pod is ready and has the newest template, then take the dump again";
    let mut refused = Vec::new();
    if number(&status.key("readyReplicas")) != number(&set.keys(&["spec", "replicas"])) {
        refused.push(status.key("readyReplicas").refused("not all of its pods are ready", wait));
    }
    if number(&status.key("observedGeneration")) != number(&set.keys(&["metadata", "generation"])) {
        refused.push(status.key("observedGeneration").refused("its last change was not seen yet", wait));
    }
    if text(&status.key("currentRevision")) != text(&status.key("updateRevision")) {
        refused.push(status.key("updateRevision").refused("its pods are being restarted", wait));
    }
    refused
}

fn pod(input: &Input<'_>, datacenter: &Datacenter, set: &At<'_>, name: &str) -> Vec<Refusal> {
    let Some(pod) = input.live.get("Pod", name) else {
        return vec![set.refused(format!("the dump has no pod `{name}`"), TAKE_DUMP)];
    };
    let mut refused = Vec::new();
    if condition(pod, "Ready") != "True" || pod.keys(&["metadata", "deletionTimestamp"]).value().is_some() {
        let help = "wait until every node is up: nothing cures a node while it is adopted";
        refused.push(pod.key("status").refused("the pod is not ready", help));
    }
    let Some(resource) = input.live.resources.get(datacenter.name.as_str()) else { return refused };
    let node = resource.keys(&["status", "nodeStatuses"]).key(name);
    if text(&node.key("hostID")).is_empty() {
        let help = "the operator writes it when the node is up: wait, then take the dump again";
        refused.push(node.refused(format!("the host id of `{name}` is not known"), help));
    }
    refused
}

/// StatefulSets and pods of the cluster that no rack of the topology is.
fn strangers(input: &Input<'_>) -> Vec<Refusal> {
    let racks = || input.cluster.racks().map(|(_, rack)| rack);
    let is_set = |name: &str| racks().any(|rack| rack.stateful_set == name);
    let is_pod = |name: &str| {
        let of = |(set, ordinal): (&str, u32)| racks().any(|rack| rack.stateful_set == set && ordinal < rack.nodes);
        names::parts_of_pod(name).is_some_and(of)
    };
    let sets = input.live.labelled("StatefulSet", input.cluster).into_iter().filter(|(name, _)| !is_set(name));
    let is_of_set = |at: &At<'_>| {
        items(&at.keys(&["metadata", "ownerReferences"])).iter().any(|it| text(&it.key("kind")) == "StatefulSet")
    };
    let pods = input.live.labelled("Pod", input.cluster).into_iter();
    let pods = pods.filter(|(name, at)| is_of_set(at) && !is_pod(name));
    let told = |(name, at): (&str, &At<'_>)| {
        at.refused(
            format!("`{name}` is of this cluster, and of no rack of the topology"),
            "write the missing rack or node",
        )
    };
    sets.chain(pods).map(told).collect()
}
