//! Plans of random changes keep every promise: they are walked by the checker, and compared with what is rendered.

mod changes;
mod generations;
mod planted;
mod revisions;
mod stories;

use std::collections::BTreeMap;
use std::path::Path;

use cassc::check::Checked;
use cassc::cluster::{Cluster, Datacenter};
use cassc::deliver::arrange;
use cassc::lock::Lock;
use cassc::plan::{Action, Before, Plan, Verdict, deletion, plan};
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::checker::{Kind, check};
use crate::random::{text, topologies, with_keys_reversed};
use crate::readers::hostile_strings::random;
use crate::rendered::{DIALECTS, assert_none, compiled};

/// How many histories of two changes are tried, and how many pairs that have nothing to do with each other: about ten
/// seconds without optimization on two cores.
const HISTORIES: usize = 90;
const STRANGERS: usize = 24;

/// The topology, where the rules accept it.
fn accepted(text: &str) -> Option<Checked> {
    compiled("random.yaml", text.as_bytes().to_vec(), None).accepted.pop()
}

/// The topology, in which nothing is wrong.
fn read(text: &str) -> Checked {
    accepted(text).unwrap_or_else(|| panic!("the rules refuse this topology:\n{text}"))
}

/// The plan without a lock.
pub(crate) fn planned(before: &Cluster, after: &Cluster) -> Plan {
    plan(Some(&Before { cluster: before, lock: None }), after)
}

/// The lock of a cluster, as it is read back.
pub(crate) fn lock(cluster: &Cluster) -> Lock {
    let arranged = arrange(cluster);
    let lock = Lock::new(Path::new("random.yaml"), cluster.clone(), &arranged.files, arranged.templates);
    Lock::read(&lock.to_text()).expect("our own text is a lock")
}

/// A topology and what it becomes in two commits, as values.
fn histories() -> Vec<[Value; 3]> {
    let commit = || prop::collection::vec(changes::choice(), 1..4);
    let rollouts = [json!({}), json!({}), json!({"stopped": true}), json!({"canary": {"pods": 2}})];
    let rollout = prop::sample::select(rollouts.to_vec());
    let job = prop::sample::select(vec![None, None, Some("ignored"), Some("applied")]);
    let founding = (topologies::sensible(), prop::sample::select(DIALECTS.to_vec()), prop::bool::ANY, rollout, job);
    let strategy =
        (founding, commit(), commit()).prop_map(|((mut first, dialect, old, rollout, job), second, third)| {
            first["spec"]["rollout"] = rollout;
            first["spec"]["delivery"] = json!({"dialect": format!("{dialect:?}").to_lowercase()});
            // Stopped nodes neither join nor leave (E357), and these changes have little else.
            first["spec"].as_object_mut().expect("a topology has a spec").remove("stopped");
            if let Some(replicas) = job {
                first["spec"]["steps"] = json!({"enabled": true});
                first["spec"]["delivery"]["ignoresReplicas"] = json!(replicas == "ignored");
                first["metadata"]["namespace"] = json!("cass");
            }
            if old {
                first["spec"]["revision"] = json!(1);
            }
            let changed = |topology: &Value, choices: &[changes::Choice]| {
                let mut topology = topology.clone();
                changes::commit(&mut topology, choices);
                topology
            };
            let second = changed(&first, &second);
            let third = changed(&second, &third);
            [first, second, third]
        });
    random(strategy, HISTORIES)
}

/// Rendered files, without those that only list others.
fn objects(cluster: &Cluster) -> BTreeMap<String, String> {
    let files = arrange(cluster).files;
    let objects = files.iter().filter(|(path, _)| !path.ends_with("kustomization.yaml"));
    objects.map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

/// What every plan must be, whatever the two clusters have in common.
fn faults(before: &Cluster, after: &Cluster, plan: &Plan) -> Vec<String> {
    let mut faults = Vec::new();
    let same = objects(before) == objects(after);
    if same != plan.steps.is_empty() || same != (plan.verdict == Verdict::Unchanged) {
        faults.push(format!(
            "the objects are the same: {same}, but {:?} with {} steps",
            plan.verdict,
            plan.steps.len()
        ));
    }
    for rack in racks(plan) {
        let unexplained = rack.reasons.iter().any(|reason| reason.contains("this version of cassc"));
        if unexplained || rack.reasons.is_empty() {
            faults.push(format!("{} restarts for {:?}", rack.stateful_set, rack.reasons));
        }
    }
    faults
}

/// Whether the plan is the same when it knows what was deployed from a lock.
fn faults_with_a_lock(before: &Cluster, after: &Cluster, expected: &Plan) -> Vec<String> {
    let lock = lock(before);
    let known = Before { cluster: lock.cluster(), lock: Some(&lock) };
    let same = plan(Some(&known), after) == *expected;
    (!same).then(|| "the plan with a lock is another one".to_owned()).into_iter().collect()
}

/// Whether the plan is the same when both topologies are written the other way round.
fn faults_of_order(commits: [&Value; 2], before: &Cluster, expected: &Plan) -> Vec<String> {
    let [was, now] = commits.map(|it| accepted(&with_keys_reversed(it)).expect("it is accepted the other way round"));
    let same_before = cassc::resolved(&was, Some(before)) == *before;
    let same = planned(before, &cassc::resolved(&now, Some(before))) == *expected;
    let faults = [(same_before, "before"), (same, "after")].into_iter().filter(|(same, _)| !same);
    faults.map(|(_, side)| format!("{side}: the order of keys makes a difference")).collect()
}

fn racks(plan: &Plan) -> impl Iterator<Item = &cassc::plan::RackRoll> {
    let rolls = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Roll { racks, .. } => Some(racks),
        _ => None,
    });
    rolls.flatten()
}

/// The name of what a step does.
fn named(action: &Action) -> String {
    let value = serde_json::to_value(action).expect("a step is JSON");
    value["action"].as_str().expect("a step has a name").to_owned()
}

/// What came of trying.
#[derive(Default)]
struct Tried {
    pairs: usize,
    restarts: usize,
    steps: BTreeMap<String, usize>,
    faults: Vec<String>,
}

impl Tried {
    fn together(mut self, other: Self) -> Self {
        self.pairs += other.pairs;
        self.restarts += other.restarts;
        other.steps.into_iter().for_each(|(name, count)| *self.steps.entry(name).or_default() += count);
        self.faults.extend(other.faults);
        self
    }
}

/// Plans each commit of a history after the one before it.
fn tried(number: usize, history: &[Value; 3]) -> Tried {
    let mut tried = Tried::default();
    let mut deployed: Option<(Cluster, &Value)> = None;
    for topology in history {
        let Some(read) = accepted(&text(topology)) else { continue };
        let after = cassc::resolved(&read, deployed.as_ref().map(|(cluster, _)| cluster));
        let mut faults = Vec::new();
        match &deployed {
            None => {
                faults.extend(check(None, Some(&after), &plan(None, &after)).iter().map(ToString::to_string));
                let gone = deletion(&Before { cluster: &after, lock: None }, None);
                faults.extend(check(Some(&after), None, &gone).iter().map(ToString::to_string));
                let nothing = planned(&after, &cassc::resolved(&read, Some(&after)));
                let empty = nothing.steps.is_empty() && nothing.changes.is_empty();
                faults.extend((!empty).then(|| format!("something follows from nothing: {nothing:#?}")));
            }
            Some((before, was)) => {
                let plan = planned(before, &after);
                tried.pairs += 1;
                tried.restarts += plan.counts.pods_restart;
                plan.steps.iter().for_each(|step| *tried.steps.entry(named(&step.action)).or_default() += 1);
                faults.extend(self::faults(before, &after, &plan));
                faults.extend(check(Some(before), Some(&after), &plan).iter().map(ToString::to_string));
                match number % 4 {
                    0 => faults.extend(faults_with_a_lock(before, &after, &plan)),
                    2 => faults.extend(faults_of_order([was, topology], before, &plan)),
                    _ => {}
                }
            }
        }
        if !faults.is_empty() {
            let was = deployed.as_ref().map(|(_, was)| text(was)).unwrap_or_default();
            tried.faults.push(format!("{}\n--- before\n{was}--- after\n{}", faults.join("\n"), text(topology)));
        }
        deployed = Some((after, topology));
    }
    tried
}

#[test]
fn random_changes_are_planned_as_promised() {
    let histories = histories();
    let tried = histories.par_iter().enumerate().map(|(number, history)| tried(number, history));
    let Tried { pairs, restarts, steps, faults } = tried.reduce(Tried::default, Tried::together);
    assert_none(&faults);
    assert!(pairs > HISTORIES * 3 / 2 && restarts > pairs, "only {pairs} pairs and {restarts} restarts were tried");
    let names = [
        "apply",
        "cleanup",
        "decommission",
        "deleteClaims",
        "expandClaims",
        "join",
        "person",
        "rebuild",
        "replicateSystemKeyspaces",
        "roll",
        "upgradeTables",
        "resume",
    ];
    let missing: Vec<&str> = names.into_iter().filter(|name| !steps.contains_key(*name)).collect();
    assert!(missing.is_empty(), "{missing:?} were never tried: {steps:?}");
}

/// What rules will refuse is planned as well, for the refusal to stand beside; it need not be safe, but it speaks of
/// nothing that is not there and restarts what has another template.
#[test]
fn pairs_that_have_nothing_in_common_are_planned_without_inventions() {
    let strategy = (topologies::sensible(), topologies::sensible());
    let faults = |(mut was, mut now): (Value, Value)| {
        for topology in [&mut was, &mut now] {
            topology["metadata"]["name"] = json!("shop");
            topology["metadata"]["namespace"] = json!("cass");
        }
        let (Some(one), Some(other)) = (accepted(&text(&was)), accepted(&text(&now))) else { return Vec::new() };
        let before = cassc::resolved(&one, None);
        let after = cassc::resolved(&other, Some(&before));
        if names_a_kubernetes_cluster_on_one_side(&before, &after) {
            return Vec::new();
        }
        let plan = planned(&before, &after);
        let findings =
            check(Some(&before), Some(&after), &plan).into_iter().filter(|it| !IF_REFUSED.contains(&it.kind));
        let faults = faults(&before, &after, &plan).into_iter().chain(findings.map(|finding| finding.to_string()));
        faults.map(|fault| format!("{fault}\n--- before\n{}--- after\n{}", text(&was), text(&now))).collect()
    };
    assert_none(&random(strategy, STRANGERS).into_par_iter().flat_map(faults).collect::<Vec<_>>());
}

/// Then E324 asks whether the objects are the same ones. The planner takes them for it, the checker does not.
fn names_a_kubernetes_cluster_on_one_side(before: &Cluster, after: &Cluster) -> bool {
    let is_named_once = |was: &Datacenter| {
        after.datacenter(&was.name).is_some_and(|now| was.kube_cluster.is_some() != now.kube_cluster.is_some())
    };
    before.datacenters.iter().any(is_named_once)
}

/// Promises that hold only for changes that the rules let through.
const IF_REFUSED: &[Kind] = &[
    Kind::BelowReplication,
    Kind::ClaimBeforeNodeLeft,
    Kind::ClaimLeftBehind,
    Kind::ClaimShrinks,
    Kind::ReplicasUnchanged,
    Kind::StillReplicated,
    Kind::TooManyReplicas,
    Kind::WrongEnd,
];
