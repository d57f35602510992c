//! The nodes by datacenter and rack: what the topology asks for, what Kubernetes has, and what the ring says.

use std::collections::BTreeMap;

use cassc_ring::Ring;
use cassc_ring::desired::Rack as Wanted;
use cassc_settle::observed::{Endpoint, Pod, Set, Status};
use cassc_settle::state::State;

use super::{Datacenter, Node, Rack};

/// What was found.
#[derive(Clone, Copy)]
pub(super) struct Found<'f> {
    pub(super) ring: &'f Ring,
    pub(super) kube_cluster: Option<&'f str>,
    pub(super) sets: &'f BTreeMap<String, Set>,
    pub(super) pods: &'f BTreeMap<String, Pod>,
    pub(super) state: &'f State,
    /// The ring as one node sees it.
    pub(super) endpoints: &'f [Endpoint],
}

/// The datacenters of the topology with their racks, then whatever else has nodes. Nodes that left are no part of a ring.
pub(super) fn datacenters(found: &Found<'_>) -> Vec<Datacenter> {
    let mut datacenters: Vec<Datacenter> = found
        .ring
        .datacenters
        .iter()
        .map(|wanted| {
            let is_here = wanted.kube_cluster.as_deref() == found.kube_cluster;
            let racks = wanted.racks.iter().map(|rack| of_pods(found, rack)).collect();
            let kube_cluster = wanted.kube_cluster.clone().filter(|_| !is_here);
            Datacenter { name: wanted.ring_name.clone(), kube_cluster, racks }
        })
        .collect();
    let members = found.endpoints.iter().filter(|endpoint| endpoint.status != Status::Left);
    for endpoint in members.filter(|endpoint| pod_of(found, endpoint).is_none()) {
        let named = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
        let (datacenter, rack) = (named(&endpoint.datacenter), named(&endpoint.rack));
        let mut node = Node::default();
        say(&mut node, endpoint);
        rack_of(&mut datacenters, &datacenter, &rack).nodes.push(node);
    }
    datacenters
}

/// A rack, made where it is not there yet.
fn rack_of<'d>(datacenters: &'d mut Vec<Datacenter>, datacenter: &str, rack: &str) -> &'d mut Rack {
    let position = datacenters.iter().position(|it| it.name == datacenter).unwrap_or_else(|| {
        datacenters.push(Datacenter { name: datacenter.to_owned(), kube_cluster: None, racks: Vec::new() });
        datacenters.len() - 1
    });
    let racks = &mut datacenters[position].racks;
    let position = racks.iter().position(|it| it.name == rack).unwrap_or_else(|| {
        racks.push(Rack { name: rack.to_owned(), wanted: 0, nodes: Vec::new() });
        racks.len() - 1
    });
    &mut racks[position]
}

/// The rack with the nodes of its pods, by ordinal.
fn of_pods(found: &Found<'_>, wanted: &Wanted) -> Rack {
    let mut pods: Vec<_> = found.pods.iter().filter(|(_, pod)| pod.set == wanted.stateful_set).collect();
    pods.sort_by_key(|(_, pod)| pod.ordinal);
    let nodes = pods.into_iter().map(|(name, pod)| of_pod(found, name, pod)).collect();
    Rack { name: wanted.ring_name.clone(), wanted: wanted.nodes, nodes }
}

fn of_pod(found: &Found<'_>, name: &str, pod: &Pod) -> Node {
    let set = found.sets.get(&pod.set);
    let remembered = found.state.memory.nodes.get(name).map(|node| node.address.clone());
    let mut node = Node {
        pod: Some(name.to_owned()),
        host_id: found.state.host_ids.get(name).cloned(),
        address: pod.address.clone().or(remembered.filter(|address| !address.is_empty())),
        status: Some(status(pod)),
        is_behind: set.filter(|set| set.is_observed).map(|set| set.update_revision != pod.revision),
        ..Node::default()
    };
    let said = found.endpoints.iter().filter(|it| it.status != Status::Left);
    if let Some(endpoint) = said.into_iter().find(|it| pod_of(found, it) == Some(name)) {
        say(&mut node, endpoint);
    }
    node
}

/// The pod of a node: whose address it has, or whose host id is remembered.
fn pod_of<'f>(found: &Found<'f>, endpoint: &Endpoint) -> Option<&'f str> {
    let by_address = found.pods.iter().find(|(_, pod)| pod.address.as_deref() == Some(endpoint.address.as_str()));
    let by_host_id = || {
        let host_id = endpoint.host_id.as_ref()?;
        let (pod, _) = found.state.host_ids.iter().find(|(_, known)| *known == host_id)?;
        found.pods.get_key_value(pod)
    };
    by_address.or_else(by_host_id).map(|(name, _)| name.as_str())
}

/// Puts in what the ring says of a node.
fn say(node: &mut Node, endpoint: &Endpoint) {
    let letter = match &endpoint.status {
        Status::Joining => 'J',
        Status::Leaving => 'L',
        Status::Moving => 'M',
        Status::Normal | Status::Left | Status::Other(_) => 'N',
    };
    node.state = Some(format!("{}{letter}", if endpoint.is_alive { 'U' } else { 'D' }));
    if let Status::Other(text) = &endpoint.status {
        node.gossip = Some(text.clone());
    }
    node.host_id = endpoint.host_id.clone().or(node.host_id.take());
    node.address = Some(endpoint.address.clone());
    node.load = endpoint.load;
    node.version.clone_from(&endpoint.release);
}

/// How a pod stands.
fn status(pod: &Pod) -> String {
    match &pod.trouble {
        _ if pod.is_deleting => "Terminating".to_owned(),
        Some(trouble) => trouble.clone(),
        None if pod.is_ready => "Ready".to_owned(),
        None if pod.is_in_gate => "waits for its turn".to_owned(),
        None => "not ready".to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Two racks in one datacenter.
    pub(in super::super) fn ring(operations: &Value) -> Ring {
        let rack = |name: &str, nodes: u32| json!({"ringName": name, "statefulSet": format!("shop-dc1-{name}-sts"), "nodes": nodes});
        let ring = json!({
            "format": 1, "clusterName": "shop", "version": "4.1.9", "systemReplication": 1, "superuserSecret": "s",
            "rollout": {"stopped": false}, "steps": {"cleanup": "auto", "operations": operations},
            "datacenters": [{"name": "dc1", "ringName": "dc1", "racks": [rack("r1", 2), rack("r2", 1)]}],
        });
        serde_json::from_value(ring).expect("a ring")
    }

    pub(in super::super) fn pod(set: &str, ordinal: u32, address: Option<&str>, revision: &str) -> (String, Pod) {
        let pod = Pod {
            set: set.to_owned(),
            ordinal,
            address: address.map(str::to_owned),
            revision: revision.to_owned(),
            is_ready: address.is_some(),
            ..Pod::default()
        };
        (format!("{set}-{ordinal}"), pod)
    }

    fn endpoint(address: &str, host_id: &str, status: Status) -> Endpoint {
        Endpoint {
            host_id: Some(host_id.to_owned()),
            address: address.to_owned(),
            status,
            is_alive: true,
            is_local: false,
            cluster_name: None,
            datacenter: Some("dc1".to_owned()),
            rack: Some("r9".to_owned()),
            schema: None,
            release: Some("4.1.9".to_owned()),
            load: Some(7),
        }
    }

    #[test]
    fn every_pod_and_every_member_is_in_its_rack_once() {
        let ring = ring(&json!([]));
        let set = |revision: &str| Set { is_observed: true, update_revision: revision.to_owned(), ..Set::default() };
        let sets = BTreeMap::from([
            ("shop-dc1-r1-sts".to_owned(), set("new")),
            ("shop-dc1-r2-sts".to_owned(), Set::default()),
        ]);
        let pods = BTreeMap::from([
            pod("shop-dc1-r1-sts", 0, Some("10.0.0.1"), "new"),
            pod("shop-dc1-r1-sts", 1, None, "old"),
            pod("shop-dc1-r2-sts", 0, Some("10.0.0.3"), "old"),
        ]);
        let mut state = State::default();
        state.host_ids.insert("shop-dc1-r1-sts-1".to_owned(), "h2".to_owned());
        let mut down = endpoint("10.0.0.2", "h2", Status::Other("shutdown".to_owned()));
        down.is_alive = false;
        let endpoints = [
            endpoint("10.0.0.1", "h1", Status::Normal),
            down,
            endpoint("10.0.0.3", "h3", Status::Joining),
            endpoint("10.0.0.8", "h8", Status::Left),
            endpoint("10.0.0.9", "h9", Status::Leaving),
        ];
        let found =
            Found { ring: &ring, kube_cluster: None, sets: &sets, pods: &pods, state: &state, endpoints: &endpoints };
        let told = datacenters(&found);
        let short = |node: &Node| {
            (node.pod.clone().unwrap_or_default(), node.state.clone().unwrap_or_default(), node.is_behind)
        };
        let racks: Vec<(&str, Vec<_>)> =
            told[0].racks.iter().map(|rack| (rack.name.as_str(), rack.nodes.iter().map(short).collect())).collect();
        let of = |pod: &str, state: &str, behind: Option<bool>| (pod.to_owned(), state.to_owned(), behind);
        let expected = vec![
            ("r1", vec![of("shop-dc1-r1-sts-0", "UN", Some(false)), of("shop-dc1-r1-sts-1", "DN", Some(true))]),
            // Whether a template is newer is not known before its controller has seen it.
            ("r2", vec![of("shop-dc1-r2-sts-0", "UJ", None)]),
            ("r9", vec![of("", "UL", None)]),
        ];
        assert_eq!((told.len(), racks), (1, expected));
        let second = &told[0].racks[0].nodes[1];
        assert_eq!((second.gossip.as_deref(), second.status.as_deref()), (Some("shutdown"), Some("not ready")));
        assert_eq!((second.host_id.as_deref(), second.address.as_deref()), (Some("h2"), Some("10.0.0.2")));
    }

    #[test]
    fn without_an_answer_what_is_remembered_is_told() {
        let ring = ring(&json!([]));
        let (sets, pods) = (BTreeMap::new(), BTreeMap::from([pod("shop-dc1-r1-sts", 0, None, "x")]));
        let mut state = State::default();
        state.host_ids.insert("shop-dc1-r1-sts-0".to_owned(), "h1".to_owned());
        let node = cassc_settle::state::Node { address: "10.0.0.7".to_owned(), ..cassc_settle::state::Node::default() };
        state.memory.nodes.insert("shop-dc1-r1-sts-0".to_owned(), node);
        let found = Found { ring: &ring, kube_cluster: None, sets: &sets, pods: &pods, state: &state, endpoints: &[] };
        let told = &datacenters(&found)[0].racks[0].nodes[0];
        assert_eq!((told.host_id.as_deref(), told.address.as_deref()), (Some("h1"), Some("10.0.0.7")));
        assert_eq!((&told.state, &told.load), (&None, &None));
    }
}
