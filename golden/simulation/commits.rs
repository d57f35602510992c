//! Histories of commits as the compiler itself makes them: a topology with steps, and edits of it that the rules accept.

use cassc::cluster::Cluster;
use cassc::diagnostic::Severity;
use cassc::subject::Subject;
use cassc::transition::{DeployedSource, Transition, judge};
use cassc_ring::Ring;
use serde_json::{Value, json};

use crate::random::text;
use crate::rendered::compiled;

/// Random numbers from a seed (`splitmix64`, Steele and others, OOPSLA 2014), so that a history is the same on every machine.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below another.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let n = u64::try_from(n).expect("a small number");
        usize::try_from((word ^ (word >> 31)) % n).expect("it is below the other")
    }
}

/// The rings of a history: a first install, and up to `most` commits that follow it. A commit may bring an earlier one back.
pub(super) fn history(seed: u64, most: usize) -> Vec<Ring> {
    let mut dice = Dice::new(seed);
    let mut topologies = vec![first(&mut dice)];
    let mut deployed = cluster(&topologies[0], None).expect("the first topology is accepted");
    let mut rings = vec![deployed.ring()];
    for _ in 0..dice.below(most + 1) {
        let mut wanted = topologies[topologies.len() - 1].clone();
        if topologies.len() > 1 && dice.below(6) == 0 {
            wanted = topologies[dice.below(topologies.len() - 1)].clone();
        } else {
            for _ in 0..=dice.below(2) {
                EDITS[dice.below(EDITS.len())](&mut wanted, &mut dice);
            }
        }
        if let Some(cluster) = cluster(&wanted, Some(&deployed)) {
            rings.push(cluster.ring());
            topologies.push(wanted);
            deployed = cluster;
        }
    }
    rings
}

/// The cluster of a topology, where the rules accept it as a change of what is deployed.
fn cluster(topology: &Value, before: Option<&Cluster>) -> Option<Cluster> {
    let compilation = compiled("random.yaml", text(topology).into_bytes(), None);
    let Some(checked) = compilation.accepted.first() else {
        let errors = compilation.complaints.iter().filter(|it| it.severity == Severity::Error);
        let errors: Vec<String> = errors.map(|it| format!("{} {}", it.code, it.message)).collect();
        assert!(before.is_some(), "the first topology is accepted: {errors:#?}");
        return None;
    };
    let after = cassc::resolved(checked, before);
    let Some(before) = before else { return Some(after) };
    let was = DeployedSource { lock: None, topology: None };
    let rings = (before.ring(), after.ring());
    let subject = Subject::new(checked);
    let transition = Transition { subject: &subject, after: &after, before, texts: &compilation.texts, was, rings };
    judge(&transition).refused.is_empty().then_some(after)
}

/// A small cluster: one to three racks, now and then a second datacenter.
fn first(dice: &mut Dice) -> Value {
    let n_racks = 1 + dice.below(3);
    let mut datacenters = vec![datacenter("dc1", n_racks, 1 + usize::from(n_racks == 1), dice)];
    if dice.below(4) == 0 {
        datacenters.push(datacenter("dc2", 1, 1, dice));
    }
    let nodes = |it: &Value| {
        it["racks"].as_array().into_iter().flatten().filter_map(|rack| rack["nodes"].as_u64()).sum::<u64>()
    };
    let smallest = datacenters.iter().map(nodes).min().unwrap_or(1).min(3);
    let system = 1 + dice.below(usize::try_from(smallest).expect("three at most"));
    let policy = ["delete", "retain"][dice.below(2)];
    let version = ["4.0.19", "4.1.9"][dice.below(2)];
    json!({
        "apiVersion": "cassc/v1alpha1", "kind": "CassandraTopology",
        "metadata": {"name": "shop", "namespace": "cass"},
        "spec": {
            "cassandra": {"version": version, "config": {"concurrent_reads": 32}, "jvm": {"heap": "1Gi"}},
            "replication": {"system": system},
            "resources": {"requests": {"cpu": "1", "memory": "4Gi"}, "limits": {"memory": "4Gi"}},
            "storage": {"size": "10Gi", "whenNodesLeave": policy},
            "auth": {"superuser": {"generate": true}},
            "steps": {"enabled": true},
            "datacenters": datacenters,
        }
    })
}

fn datacenter(name: &str, n_racks: usize, least: usize, dice: &mut Dice) -> Value {
    let racks: Vec<Value> =
        (1..=n_racks).map(|number| json!({"name": format!("r{number}"), "nodes": least + dice.below(2)})).collect();
    json!({"name": name, "racks": racks})
}

type Edit = fn(&mut Value, &mut Dice);

/// What people change, those that move nodes more often.
const EDITS: [Edit; 18] = [
    resize,
    resize,
    resize,
    resize,
    config,
    config,
    version,
    new_datacenter,
    empty_datacenter,
    new_rack,
    restart,
    canary,
    pause,
    go_on,
    stop,
    stop,
    policy,
    system_replication,
];

fn datacenters(topology: &mut Value) -> &mut Vec<Value> {
    topology["spec"]["datacenters"].as_array_mut().expect("datacenters are a list")
}

fn some_racks<'t>(topology: &'t mut Value, dice: &mut Dice) -> &'t mut Vec<Value> {
    let datacenters = datacenters(topology);
    let datacenter = dice.below(datacenters.len());
    datacenters[datacenter]["racks"].as_array_mut().expect("racks are a list")
}

fn resize(topology: &mut Value, dice: &mut Dice) {
    let racks = some_racks(topology, dice);
    let rack = dice.below(racks.len());
    let nodes = usize::try_from(racks[rack]["nodes"].as_u64().expect("a number")).expect("a small number");
    racks[rack]["nodes"] = json!(if dice.below(2) == 0 {
        (nodes + 1 + dice.below(2)).min(4)
    } else {
        nodes.saturating_sub(1 + dice.below(2))
    });
}

fn config(topology: &mut Value, dice: &mut Dice) {
    topology["spec"]["cassandra"]["config"]["concurrent_reads"] = json!(32 + dice.below(8));
}

fn version(topology: &mut Value, _: &mut Dice) {
    let next = match topology["spec"]["cassandra"]["version"].as_str() {
        Some("4.0.19") => "4.1.9",
        _ => "5.0.6",
    };
    topology["spec"]["cassandra"]["version"] = json!(next);
}

fn new_datacenter(topology: &mut Value, dice: &mut Dice) {
    let number = datacenters(topology).len() + 1;
    if number <= 3 {
        let new = datacenter(&format!("dc{number}"), 1 + dice.below(2), 1, dice);
        datacenters(topology).push(new);
    }
}

fn empty_datacenter(topology: &mut Value, dice: &mut Dice) {
    for rack in some_racks(topology, dice) {
        rack["nodes"] = json!(0);
    }
}

fn new_rack(topology: &mut Value, dice: &mut Dice) {
    let racks = some_racks(topology, dice);
    if racks.len() < 4 {
        let name = format!("r{}", racks.len() + 1);
        racks.push(json!({"name": name, "nodes": 1}));
    }
}

fn restart(topology: &mut Value, dice: &mut Dice) {
    topology["spec"]["rollout"]["restart"] = json!(format!("2026-11-{:02}", 1 + dice.below(28)));
}

fn canary(topology: &mut Value, dice: &mut Dice) {
    topology["spec"]["rollout"]["canary"] = json!({"pods": 1 + dice.below(2)});
}

fn pause(topology: &mut Value, _: &mut Dice) {
    topology["spec"]["rollout"]["stopped"] = json!(true);
}

fn go_on(topology: &mut Value, _: &mut Dice) {
    topology["spec"]["rollout"] = json!({});
}

fn stop(topology: &mut Value, _: &mut Dice) {
    let stopped = topology["spec"]["stopped"] == json!(true);
    topology["spec"]["stopped"] = json!(!stopped);
}

fn policy(topology: &mut Value, dice: &mut Dice) {
    topology["spec"]["storage"]["whenNodesLeave"] = json!(["delete", "retain"][dice.below(2)]);
}

fn system_replication(topology: &mut Value, dice: &mut Dice) {
    topology["spec"]["replication"]["system"] = json!(1 + dice.below(3));
}
