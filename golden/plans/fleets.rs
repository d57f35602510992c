//! Plans made by hand, so that every word of a report is read once by a person.

use std::collections::BTreeMap;

use cassc::plan::{
    Action, Amount, By, Change, ClaimGrowth, Counts, Effect, Guard, ObjectName, Operation, OperationChange, Plan,
    PodCount, RackRoll, Refusal, Resources, Stage, Step, Verdict,
};
use cassc::report::plan::FleetPlan;
use cassc::transition::Accepted;
use cassc_ring::precedence::guards_of_operation;
use serde_json::json;

/// Every fleet with the name of its golden files.
pub(crate) fn all() -> Vec<(&'static str, FleetPlan)> {
    vec![
        ("every-action", every_action()),
        ("fleet", fleet()),
        ("new", FleetPlan::new(None, vec![new("orders", 9)])),
        ("refused", judged(vec![refused("shop")])),
        ("nothing", judged(vec![unchanged("shop")])),
        ("nothing-in-a-fleet", judged((1..=4).map(|it| unchanged(&format!("shop-{it}"))).collect())),
        ("no-cluster", FleetPlan::new(None, Vec::new())),
        ("hostile", hostile()),
        ("job", job()),
    ]
}

fn judged(plans: Vec<Plan>) -> FleetPlan {
    FleetPlan::new(Some("origin/main (merge base 1a2b3c4d)".to_owned()), plans)
}

/// A plan of a cluster without anything in it.
pub(crate) fn plan(cluster: &str, verdict: Verdict, summary: &str) -> Plan {
    Plan {
        cluster: cluster.to_owned(),
        verdict,
        summary: summary.to_owned(),
        counts: Counts::default(),
        resources: None,
        changes: Vec::new(),
        steps: Vec::new(),
        refusals: Vec::new(),
        accepted: Vec::new(),
        overrides: Vec::new(),
    }
}

pub(crate) fn unchanged(cluster: &str) -> Plan {
    plan(cluster, Verdict::Unchanged, "nothing changes")
}

/// `<stateful set>-0 …`, the highest first: the order in which pods restart and leave.
fn pods(stateful_set: &str, number: usize) -> Vec<String> {
    (0..number).rev().map(|ordinal| format!("{stateful_set}-{ordinal}")).collect()
}

fn owned<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

fn object(kind: &str, name: &str) -> ObjectName {
    ObjectName {
        kube_cluster: None,
        namespace: Some("cassandra".to_owned()),
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}

fn change(field: &str, place: Option<&str>, values: [Option<&str>; 2], effect: Effect, pods: usize) -> Change {
    let [from, to] = values.map(|value| value.map(str::to_owned));
    Change { field: field.to_owned(), place: place.map(str::to_owned), from, to, effect, pods }
}

fn step(stage: Stage, guards: &[Guard], action: Action) -> Step {
    let by = match stage {
        Stage::Base | Stage::Cluster | Stage::Steps => By::Tool,
        _ => By::You,
    };
    Step { stage, by, action, guards: guards.to_vec() }
}

fn rack_roll(rack: &str, pods_restart: usize, reasons: &[&str]) -> RackRoll {
    let stateful_set = format!("shop-dc1-{rack}-sts");
    RackRoll {
        datacenter: "dc1".to_owned(),
        rack: rack.to_owned(),
        pods: pods(&stateful_set, pods_restart),
        stateful_set,
        reasons: reasons.iter().map(|&reason| reason.to_owned()).collect(),
    }
}

fn growth(number: usize) -> Vec<ClaimGrowth> {
    let claims = pods("server-data-shop-dc1-r1-sts", number).into_iter();
    claims.map(|claim| ClaimGrowth { claim, from: "500Gi".to_owned(), to: "1Ti".to_owned() }).collect()
}

fn accepted() -> Accepted {
    Accepted {
        code: "E311".to_owned(),
        message: "the zone of rack `r1` changes from `zone-a` to `zone-d`".to_owned(),
        reason: "zone-a is gone, the volumes were moved\nsee OPS-812".to_owned(),
    }
}

/// One cluster with every action, stage and guard. No real plan has all of them.
pub(crate) fn every_action() -> FleetPlan {
    let summary = "2 racks restart (8 pods), 1 node joins, 2 nodes leave";
    let changes = vec![
        change("cassandra.config.concurrent_reads", None, [Some("32"), Some("64")], Effect::Restarts, 8),
        change("resources", Some("dc1/r2"), [None, Some("4 CPUs, 16Gi")], Effect::Restarts, 1),
        change("nodes", Some("dc1"), [Some("9"), Some("8")], Effect::Ring, 0),
        change("rollout.restart", Some("dc1"), [Some("monday"), None], Effect::Nothing, 0),
        change("storage.expandTo", None, [None, Some("1Ti")], Effect::Claims, 0),
        change("metadata.labels.team", None, [Some("a"), Some("b")], Effect::Objects, 0),
    ];
    let steps = early_steps().into_iter().chain(late_steps()).collect();
    let counts = Counts { racks_roll: 2, pods_restart: 8, nodes_join: 1, nodes_leave: 2, ..Counts::default() };
    let counts = Counts { claims_grow: 3, claims_deleted: 2, ..counts };
    let base = plan("shop", Verdict::Changed, summary);
    judged(vec![Plan { counts, changes, steps, accepted: vec![accepted()], ..base }])
}

fn early_steps() -> Vec<Step> {
    let leaving = owned(["shop-dc1-r3-sts-2", "shop-dc1-r2-sts-2"]);
    let elsewhere = |namespace: &str, name: &str| ObjectName {
        kube_cluster: Some("east".to_owned()),
        namespace: Some(namespace.to_owned()),
        ..object("ConfigMap", name)
    };
    vec![
        step(Stage::Before, &[], Action::Person { task: "make the Secret `shop-tls`,\nthen merge".to_owned() }),
        step(
            Stage::Base,
            &[],
            Action::Apply {
                created: vec![object("ConfigMap", "shop-dc1-config-1a2b3c4d")],
                changed: vec![object("ConfigMap", "shop-start-order"), object("Service", "shop-dc1-service")],
                removed: vec![object("Service", "shop-dc1-node-port-service")],
                kept: vec![object("ConfigMap", "shop-dc1-config-99887766")],
            },
        ),
        step(
            Stage::Prepare,
            &[Guard::RingWhole, Guard::SchemaAgrees, Guard::ReplicationFits, Guard::SpaceSuffices],
            Action::Decommission { datacenter: "dc1".to_owned(), pods: leaving, nodes_left: 7 },
        ),
        step(
            Stage::Prepare,
            &[Guard::NothingReplicated],
            Action::Decommission { datacenter: "dc2".to_owned(), pods: pods("shop-dc2-r1-sts", 6), nodes_left: 0 },
        ),
        step(
            Stage::Cluster,
            &[],
            Action::Apply {
                created: Vec::new(),
                changed: ["r1", "r2", "r3", "r4", "r5"]
                    .map(|rack| object("StatefulSet", &format!("shop-dc1-{rack}-sts")))
                    .to_vec(),
                removed: Vec::new(),
                kept: vec![elsewhere("cassandra", "shop-start-order"), elsewhere("cass-east", "shop-dc2-config")],
            },
        ),
        step(
            Stage::Cluster,
            &[Guard::PredecessorsReady],
            Action::Join { pods: owned(["shop-dc1-r1-sts-3"]), founds: false, start_orders: 1 },
        ),
    ]
}

fn late_steps() -> Vec<Step> {
    let racks = vec![rack_roll("r1", 7, &["cassandra.config.concurrent_reads"]), {
        let reasons = ["cassandra.config.concurrent_reads", "resources"];
        rack_roll("r2", 1, &reasons)
    }];
    let replicas = BTreeMap::from([("dc1".to_owned(), 3), ("us_east".to_owned(), 1)]);
    let (datacenter, from) = ("dc3".to_owned(), "dc1".to_owned());
    let roll = Action::Roll { racks, canary_pods: Some(1), stopped: true };
    let one_pod = Action::Roll { racks: vec![rack_roll("r2", 1, &[])], canary_pods: None, stopped: false };
    let claims = owned(["server-data-shop-dc1-r3-sts-2", "server-data-shop-dc1-r2-sts-2"]);
    vec![
        step(Stage::Settle, &[Guard::RingWhole], Action::ReplicateSystemKeyspaces { replicas }),
        step(Stage::Settle, &[], Action::Rebuild { datacenter, from, pods: pods("shop-dc3-r1-sts", 3) }),
        step(Stage::Settle, &[Guard::OthersUp, Guard::BudgetAllows], roll),
        step(Stage::Settle, &[Guard::OthersUp], one_pod),
        step(Stage::Settle, &[Guard::OthersUp], Action::Resume {}),
        step(Stage::Settle, &[Guard::VersionsAgree], Action::UpgradeTables { pods: pods("shop-dc1-r1-sts", 7) }),
        step(Stage::Settle, &[], Action::Cleanup { pods: pods("shop-dc1-r2-sts", 2) }),
        step(Stage::Settle, &[Guard::ClassExpands], Action::ExpandClaims { claims: growth(3) }),
        step(Stage::Settle, &[Guard::NodeHasLeft], Action::DeleteClaims { claims }),
        step(Stage::After, &[], Action::Person { task: "drop the keyspaces of `dc2`".to_owned() }),
    ]
}

/// An operation of every kind, and what becomes of it.
fn operations() -> Vec<(&'static [Guard], Action)> {
    let one = "shop-dc1-r1-sts-0";
    let operation = |change, nodes: usize, text: serde_json::Value| {
        let operation: Operation = serde_json::from_value(text).expect("an operation");
        let guards: &'static [Guard] =
            if change == OperationChange::Waits { &[] } else { guards_of_operation(operation.kind) };
        (guards, Action::Operation { change, operation: Box::new(operation), pods: pods("shop-dc1-r1-sts", nodes) })
    };
    let runs = |nodes, text| operation(OperationChange::Runs, nodes, text);
    vec![
        runs(1, json!({"id": "replace-1", "kind": "replaceNode", "pods": [one]})),
        runs(1, json!({"id": "remove-1", "kind": "removeNode", "pods": [one]})),
        runs(0, json!({"id": "remove-2", "kind": "removeNode", "hostId": "6d194555-f6eb-41d0-c000-000000000001"})),
        runs(9, json!({"id": "cleanup-1", "kind": "cleanup"})),
        runs(9, json!({"id": "repair-1", "kind": "repair"})),
        runs(9, json!({"id": "repair-2", "kind": "repair", "keyspaces": ["shop"], "tables": ["orders", "items"]})),
        runs(3, json!({"id": "rebuild-1", "kind": "rebuild", "datacenter": "dc1", "from": "DC2"})),
        runs(3, json!({"id": "restart-1", "kind": "restart", "datacenter": "dc1"})),
        runs(9, json!({"id": "upgrade-1", "kind": "upgradeSSTables", "concurrency": 3})),
        runs(1, json!({"id": "scrub-1", "kind": "scrub", "pods": [one], "keyspaces": ["shop"]})),
        runs(
            9,
            json!({"id": "snapshot-1", "kind": "snapshot", "snapshot": "before-5.0", "keyspaces": ["shop", "audit"]}),
        ),
        runs(1, json!({"id": "move-1", "kind": "move", "pods": [one], "token": "-42"})),
        runs(1, json!({"id": "drain-1", "kind": "drain", "pods": [one]})),
        operation(OperationChange::Retries, 9, json!({"id": "compact-1", "kind": "compact", "retry": "2"})),
        operation(OperationChange::Resumes, 9, json!({"id": "flush-1", "kind": "flush"})),
        operation(OperationChange::Waits, 9, json!({"id": "gc-1", "kind": "garbageCollect", "suspend": true})),
    ]
}

/// What the Job does, and what it asks of Kubernetes.
fn job() -> FleetPlan {
    let by_job = |guards: &[Guard], action| Step { by: By::Job, ..step(Stage::Settle, guards, action) };
    let leaving = || owned(["shop-dc1-r3-sts-2", "shop-dc1-r2-sts-2"]);
    let guards = [Guard::RingWhole, Guard::SchemaAgrees, Guard::ReplicationFits, Guard::SpaceSuffices];
    let decommission = Action::Decommission { datacenter: "dc1".to_owned(), pods: leaving(), nodes_left: 7 };
    let apply = Action::Apply {
        created: vec![object("Job", "shop-settle-1a2b3c4d")],
        changed: Vec::new(),
        removed: Vec::new(),
        kept: vec![object("ConfigMap", "shop-dc1-config-99887766"), object("StatefulSet", "shop-dc2-r1-sts")],
    };
    let roles = |names: &[&str]| Action::CreateRoles {
        superuser_secret: "shop-superuser".to_owned(),
        roles: names.iter().map(|&name| name.to_owned()).collect(),
    };
    let steps = vec![
        step(Stage::Steps, &[], apply),
        by_job(&[], Action::Stop { pods: pods("shop-dc1-r1-sts", 9) }),
        by_job(&[], Action::Start { pods: pods("shop-dc1-r1-sts", 1) }),
        by_job(&guards, decommission),
        by_job(&[Guard::NodeHasLeft], Action::DeleteClaims { claims: leaving() }),
        by_job(&[Guard::RingWhole], roles(&[])),
        by_job(&[Guard::RingWhole], roles(&["app", "reports"])),
        by_job(&[Guard::RingWhole], Action::Repair { keyspace: "system_auth".to_owned() }),
    ];
    let steps =
        steps.into_iter().chain(operations().into_iter().map(|(guards, action)| by_job(guards, action))).collect();
    let amount = |from: &str, to: &str| Some(Amount { from: from.to_owned(), to: to.to_owned() });
    let resources = Resources {
        pods: Some(PodCount { from: 9, to: 7 }),
        cpu: amount("18900m", "14700m"),
        memory: amount("74304Mi", "57792Mi"),
        storage: amount("4500Gi", "3500Gi"),
    };
    let base = plan("shop", Verdict::Changed, "nothing restarts, no node joins, 2 nodes leave");
    judged(vec![Plan { resources: Some(resources), steps, ..base }])
}

fn new(cluster: &str, nodes: usize) -> Plan {
    let created = ["r1", "r2", "r3"].map(|rack| object("StatefulSet", &format!("{cluster}-dc1-{rack}-sts"))).to_vec();
    let nothing = || Vec::new();
    let apply = Action::Apply { created, changed: nothing(), removed: nothing(), kept: nothing() };
    let join = Action::Join { pods: pods(&format!("{cluster}-dc1-r1-sts"), nodes), founds: true, start_orders: 1 };
    let steps = vec![step(Stage::Cluster, &[], apply), step(Stage::Cluster, &[Guard::PredecessorsReady], join)];
    let counts = Counts { nodes_join: nodes, ..Counts::default() };
    Plan { counts, steps, ..plan(cluster, Verdict::New, &format!("{nodes} nodes start")) }
}

fn deleted(cluster: &str) -> Plan {
    let stateful_set = object("StatefulSet", &format!("{cluster}-dc1-r1-sts"));
    let kept = vec![object("PersistentVolumeClaim", &format!("server-data-{cluster}-dc1-r1-sts-0"))];
    let apply = Action::Apply { created: Vec::new(), changed: Vec::new(), removed: vec![stateful_set], kept };
    let accepted = Accepted {
        code: "E325".to_owned(),
        message: format!("cluster `{cluster}` is deleted"),
        reason: "moved to a service".to_owned(),
    };
    Plan {
        steps: vec![step(Stage::Cluster, &[], apply)],
        accepted: vec![accepted],
        ..plan(cluster, Verdict::Deleted, "the cluster is deleted; 1 claim stays")
    }
}

fn refused(cluster: &str) -> Plan {
    let class = Refusal {
        code: "E318".to_owned(),
        message: "the storage class of rack `r1` changes from `fast` to `slow`".to_owned(),
        place: format!("{cluster}.yaml:12:7"),
        help: Some("take the class back;\na new datacenter may have another one".to_owned()),
    };
    let nodes = Refusal {
        code: "E312".to_owned(),
        message: "datacenter `dc2` is removed and still has 3 nodes".to_owned(),
        place: format!("{cluster}.yaml:20:14"),
        help: None,
    };
    let changes = vec![change("storage.class", Some("dc1/r1"), [Some("fast"), Some("slow")], Effect::Objects, 0)];
    let base = plan(cluster, Verdict::Refused, "2 changes are refused");
    Plan { changes, refusals: vec![class, nodes], ..base }
}

/// A fleet in which most is as it was.
fn fleet() -> FleetPlan {
    let label = change("metadata.labels.team", None, [Some("a"), Some("b")], Effect::Objects, 0);
    let apply = Action::Apply {
        created: Vec::new(),
        changed: ["a", "b", "c"].map(|name| object("Service", name)).to_vec(),
        removed: Vec::new(),
        kept: Vec::new(),
    };
    let cart = Plan {
        changes: vec![label],
        steps: vec![step(Stage::Base, &[], apply)],
        ..plan("cart", Verdict::Changed, "nothing restarts, no node joins, no node leaves")
    };
    let written = change("founding", None, [None, Some("auto")], Effect::Nothing, 0);
    let same = Plan { changes: vec![written], ..unchanged("users") };
    let quiet = (1..=12).map(|number| unchanged(&format!("quiet-{number}")));
    let plans = [cart, deleted("legacy"), new("orders", 3), same].into_iter().chain(quiet).chain([refused("shop")]);
    judged(plans.collect())
}

/// What YAML lets a user write.
fn hostile() -> FleetPlan {
    let evil = "a|b`c\\|</details><img src=x>@team #1 *x* [l](u) ${y}\u{1b}[31m\u{202e}\n\n# h";
    let base = plan("shop", Verdict::Changed, evil);
    let changes = vec![change(evil, Some(evil), [Some(evil), Some("")], Effect::Restarts, 1)];
    let reason = "asked by @admins in #42, see `a|b` | **now**\n\n- no\n<!-- -->".to_owned();
    let accepted = vec![Accepted { code: "E311".to_owned(), message: evil.to_owned(), reason }];
    let long = "x".repeat(300);
    let steps = vec![
        step(Stage::After, &[], Action::Person { task: evil.to_owned() }),
        step(Stage::Settle, &[], Action::UpgradeTables { pods: vec![evil.to_owned()] }),
    ];
    let overrides = vec!["StatefulSet".to_owned(), evil.to_owned()];
    let values = Plan {
        changes: vec![change("cassandra.config.x", None, [None, Some(&long)], Effect::Nothing, 0)],
        ..plan("long", Verdict::Changed, "one long value")
    };
    FleetPlan::new(Some(evil.to_owned()), vec![Plan { changes, accepted, steps, overrides, ..base }, values])
}
