//! Who may reach what. [`promised`] says it in the words of docs/network.md, from the topology; Kubernetes' reference
//! implementation of NetworkPolicies (`tests/network`) judges every connection between every pod, pods of others and
//! addresses outside by the policies that are rendered. The renderer has no part in either.

mod parties;
mod promised;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use self::parties::{Party, namespaces, parties, pods};
use self::promised::{World, is_promised, ports};
use crate::compare::{assert_same, difference, repository};
use crate::real_tool::is_here;
use crate::rendered::{Rendered, all, assert_none};

/// A connection that is tried: from, to, port and protocol.
type Trial<'p> = (&'p Party, &'p Party, u16, &'static str);

/// What the program answers.
#[derive(Debug, Deserialize)]
struct Answer {
    allowed: Vec<bool>,
    differences: Vec<i64>,
}

fn program() -> PathBuf {
    repository("target/network/judge")
}

fn has_program() -> bool {
    is_here(&program().to_string_lossy(), &["version"])
}

/// What is rendered with policies, each Kubernetes cluster once.
fn with_policies() -> Vec<Rendered> {
    let mut all = all();
    all.retain(|rendered| rendered.cluster.network.is_some() && rendered.title.ends_with(" as Plain"));
    assert!(all.len() >= 4, "only {} are rendered with policies", all.len());
    all
}

/// Every connection that has one of our pods at an end.
fn trials<'p>(world: &World<'_>, parties: &'p [Party]) -> Vec<Trial<'p>> {
    let ports = ports(world);
    let pairs = parties.iter().flat_map(|from| parties.iter().map(move |to| (from, to)));
    let pairs = pairs.filter(|(from, to)| from.address != to.address && (from.is_ours() || to.is_ours()));
    let ports = &ports;
    pairs.flat_map(|(from, to)| ports.iter().map(move |(port, protocol)| (from, to, *port, *protocol))).collect()
}

/// The verdicts on the policies, and for each other set of policies the first trial that it judges otherwise.
fn judged(world: &World<'_>, parties: &[Party], trials: &[Trial<'_>], policies: &[Vec<Value>]) -> Answer {
    let connection = |(from, to, port, protocol): &Trial<'_>| json!({"from": from.address, "to": to.address, "port": port, "protocol": protocol});
    let asked = json!({"namespaces": namespaces(world, parties), "pods": pods(parties), "policies": policies,
        "connections": trials.iter().map(connection).collect::<Vec<_>>()});
    let mut command = Command::new(program());
    let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it answered to its probe");
    let mut input = running.stdin.take().expect("it is piped");
    input.write_all(asked.to_string().as_bytes()).expect("it reads all that it is asked");
    drop(input);
    let output = running.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("its answer is JSON")
}

fn policies(rendered: &Rendered) -> Vec<Value> {
    rendered.of_kind("NetworkPolicy").map(in_namespace).collect()
}

/// An object without a namespace is delivered to some namespace.
fn in_namespace(policy: &Value) -> Value {
    let mut policy = policy.clone();
    let namespace = &mut policy["metadata"]["namespace"];
    if namespace.is_null() {
        *namespace = json!(parties::SOME_NAMESPACE);
    }
    policy
}

#[test]
fn who_reaches_what_is_what_is_promised() {
    if !has_program() {
        return;
    }
    let (mut faults, mut differences) = (Vec::new(), Vec::new());
    for rendered in with_policies() {
        let world = World::new(&rendered);
        let parties = parties(&world);
        let trials = trials(&world, &parties);
        assert!(trials.len() > 1000, "only {} connections are tried", trials.len());
        let Answer { allowed, .. } = judged(&world, &parties, &trials, &[policies(&rendered)]);
        assert_eq!(allowed.len(), trials.len());
        for ((from, to, port, protocol), allowed) in trials.iter().zip(&allowed) {
            if is_promised(&world, from, to, *port, protocol) != *allowed {
                let verdict = if *allowed { "may connect" } else { "may not connect" };
                faults.push(format!("{}: {from} {verdict} to {to}, {protocol} {port}", world.title()));
            }
        }
        let table = table(&trials, &allowed);
        differences.extend(difference(&repository(&format!("golden/network/{}.txt", world.title())), &table));
    }
    assert_none(&faults);
    assert_same(&differences);
}

/// What is let through, for people: one line for each pair of parties.
fn table(trials: &[Trial<'_>], allowed: &[bool]) -> String {
    let mut lines: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for ((from, to, port, protocol), _) in trials.iter().zip(allowed).filter(|(_, allowed)| **allowed) {
        let port = if *protocol == "TCP" { port.to_string() } else { format!("{port}/{protocol}") };
        lines.entry((to.to_string(), from.to_string())).or_default().push(port);
    }
    let mut text = String::new();
    let mut last = String::new();
    for ((to, from), ports) in lines {
        if to != last {
            writeln!(text, "to {to}").expect("writing to a String cannot fail");
            last = to;
        }
        writeln!(text, "  {}  from {from}", ports.join(" ")).expect("writing to a String cannot fail");
    }
    text
}

/// The same policies with one part less, each with the way to that part.
fn poorer(policies: &[Value]) -> Vec<(String, Vec<Value>)> {
    let mut poorer = Vec::new();
    for (position, policy) in policies.iter().enumerate() {
        let name = policy["metadata"]["name"].as_str().unwrap_or_default();
        let mut without = policies.to_vec();
        without.remove(position);
        poorer.push((name.to_owned(), without));
        for pointer in removable(policy) {
            let mut set = policies.to_vec();
            remove(&mut set[position], &pointer);
            poorer.push((format!("{name}{pointer}"), set));
        }
    }
    poorer
}

/// Pointers to the rules of a policy, to what is named in each, and to its types.
fn removable(policy: &Value) -> Vec<String> {
    let count = |pointer: &str| policy.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
    let mut found: Vec<String> = ["/spec/policyTypes/0", "/spec/policyTypes/1"].map(str::to_owned).into();
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in (0..count(&format!("/spec/{direction}"))).map(|index| format!("/spec/{direction}/{index}")) {
            for list in [peers, "ports"] {
                let list = format!("{rule}/{list}");
                // Of one the whole rule is removed.
                let several = Some(count(&list)).filter(|count| *count > 1).unwrap_or_default();
                found.extend((0..several).map(|index| format!("{list}/{index}")));
            }
            let blocks = (0..count(&format!("{rule}/{peers}"))).map(|it| format!("{rule}/{peers}/{it}/ipBlock/except"));
            found.extend(blocks.filter(|pointer| policy.pointer(pointer).is_some()));
            found.push(rule);
        }
    }
    found
}

/// Removes a value; a list that is empty then goes as well, as the API server stores it.
fn remove(policy: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    match policy.pointer_mut(parent) {
        Some(Value::Array(items)) => {
            items.remove(key.parse().expect("it is an index"));
            if items.is_empty() {
                remove(policy, parent);
            }
        }
        Some(Value::Object(map)) => drop(map.remove(key)),
        _ => unreachable!("{pointer} was found"),
    }
}

#[test]
fn no_part_of_a_policy_can_be_taken_away_unseen() {
    if !has_program() {
        return;
    }
    let mut unseen = Vec::new();
    for rendered in with_policies() {
        let world = World::new(&rendered);
        let parties = parties(&world);
        let trials = trials(&world, &parties);
        let policies = policies(&rendered);
        let poorer = poorer(&policies);
        assert!(poorer.len() > 20, "only {} parts are taken away", poorer.len());
        let sets: Vec<Vec<Value>> =
            std::iter::once(policies).chain(poorer.iter().map(|(_, set)| set.clone())).collect();
        let Answer { differences, .. } = judged(&world, &parties, &trials, &sets);
        assert_eq!(differences.len(), poorer.len());
        let same = poorer.iter().zip(differences).filter(|(_, difference)| *difference < 0);
        unseen
            .extend(same.map(|((way, _), _)| format!("{}: nothing is judged otherwise without {way}", world.title())));
    }
    assert_none(&unseen);
}

/// A rule without peers, or without ports, means all of them.
#[test]
fn every_rule_names_somebody_and_some_ports() {
    for rendered in with_policies() {
        let network = rendered.cluster.network.as_ref().expect("it has policies");
        for policy in rendered.of_kind("NetworkPolicy") {
            let name = policy["metadata"]["name"].as_str().unwrap_or_default();
            assert_eq!(policy["spec"]["policyTypes"], json!(["Ingress", "Egress"]), "{name}");
            let rules = |direction: &str| policy["spec"][direction].as_array().cloned().unwrap_or_default();
            let has = |rule: &Value, list: &str| rule[list].as_array().is_some_and(|items| !items.is_empty());
            assert!(rules("ingress").iter().all(|rule| has(rule, "from") && has(rule, "ports")), "{name}");
            assert!(rules("egress").iter().all(|rule| has(rule, "ports")), "{name}");
            let to_all = rules("egress").into_iter().filter(|rule| !has(rule, "to"));
            let ports = to_all.flat_map(|rule| rule["ports"].as_array().cloned().unwrap_or_default());
            let mut known: Vec<u16> = network.dns_ports.iter().chain(&network.api_server_ports).copied().collect();
            known.extend(rendered.cluster.datacenters.iter().filter_map(|datacenter| datacenter.node_port));
            for port in ports {
                assert!(known.iter().any(|known| port["port"] == *known), "{name}: {port} is open to everywhere");
            }
        }
    }
}
