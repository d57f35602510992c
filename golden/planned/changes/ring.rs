//! Changes of the ring: nodes, racks and datacenters that come and go.

use serde_json::{Value, json};

use super::{Choice, EMPTIED_JUST_NOW, datacenter, number, put, rack};

/// Where the nodes are counted: at the datacenter or at one of its racks.
fn counted<'t>(topology: &'t mut Value, choice: &Choice) -> &'t mut Value {
    let of_datacenter = datacenter(topology, choice)["nodes"].is_number();
    if of_datacenter { datacenter(topology, choice) } else { rack(topology, choice) }
}

pub(super) fn grow(topology: &mut Value, choice: &Choice) {
    let place = counted(topology, choice);
    place["nodes"] = json!(number(&place["nodes"]) + 1 + choice.value.index(3) as u64);
}

pub(super) fn shrink(topology: &mut Value, choice: &Choice) {
    let racks = datacenter(topology, choice)["racks"].as_array().map_or(1, Vec::len) as u64;
    let split = datacenter(topology, choice)["nodes"].is_number();
    let place = counted(topology, choice);
    let least = if split { racks } else { 1 };
    let nodes = number(&place["nodes"]);
    place["nodes"] = json!(nodes.saturating_sub(1 + choice.value.index(3) as u64).max(least.min(nodes)));
}

/// At the end, with as many nodes as the first one.
pub(super) fn new_rack(topology: &mut Value, choice: &Choice) {
    let datacenter = datacenter(topology, choice);
    let racks = datacenter["racks"].as_array_mut().expect("racks are a list");
    let (count, nodes) = (racks.len() as u64, racks[0]["nodes"].clone());
    racks.push(json!({"name": format!("new-{count}")}));
    match datacenter["nodes"].as_u64() {
        Some(all) => datacenter["nodes"] = json!(all + all.div_ceil(count)),
        None => datacenter["racks"][racks_index(count)]["nodes"] = nodes,
    }
}

fn racks_index(count: u64) -> usize {
    usize::try_from(count).expect("there are few racks")
}

/// At the end, like the first one, here or elsewhere.
pub(super) fn new_datacenter(topology: &mut Value, choice: &Choice) {
    let datacenters = topology["spec"]["datacenters"].as_array_mut().expect("datacenters are a list");
    let mut new = datacenters[0].clone();
    new["name"] = json!(format!("new-{}", datacenters.len()));
    for key in ["ringName", "nodePort", "restart"] {
        put(&mut new, key, &Value::Null);
    }
    let elsewhere = choice.value.index(4);
    match elsewhere {
        0 => new["namespace"] = json!("far-away"),
        1 => new["kubeCluster"] = json!("kube-2"),
        _ => {}
    }
    datacenters.push(new);
    if elsewhere == 1 {
        topology["spec"]["additionalSeeds"] = json!(["192.0.2.10", "seed.example.com"]);
    }
}

/// Not the first one: it founds the ring.
pub(super) fn empty_datacenter(topology: &mut Value, choice: &Choice) {
    let datacenters = topology["spec"]["datacenters"].as_array_mut().expect("datacenters are a list");
    if datacenters.len() < 2 {
        return;
    }
    let position = 1 + choice.datacenter.index(datacenters.len() - 1);
    let emptied = &mut datacenters[position];
    emptied[EMPTIED_JUST_NOW] = json!(true);
    if emptied["nodes"].is_number() {
        emptied["nodes"] = json!(0);
    } else {
        emptied["racks"].as_array_mut().into_iter().flatten().for_each(|rack| rack["nodes"] = json!(0));
    }
}

pub(super) fn remove_empty_datacenters(topology: &mut Value, _: &Choice) {
    let datacenters = topology["spec"]["datacenters"].as_array_mut().expect("datacenters are a list");
    let nodes = |datacenter: &Value| {
        let racks = datacenter["racks"].as_array().into_iter().flatten();
        number(&datacenter["nodes"]) + racks.map(|rack| number(&rack["nodes"])).sum::<u64>()
    };
    datacenters.retain(|datacenter| nodes(datacenter) > 0 || datacenter[EMPTIED_JUST_NOW] == true);
}
