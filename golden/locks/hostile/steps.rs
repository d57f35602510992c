//! The program in the cluster: what it does, and Reaper.

use serde_json::{Value, json};

use super::super::changed;
use super::{DATACENTER, RACK, Row, UNSAFE, row};

/// Every hostile value of what the program reads.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = steps();
    rows.extend(reaper());
    rows
}

fn steps() -> Vec<Row> {
    const STEPS: &str = "/cluster/steps";
    let at = |field: &str| format!("{STEPS}/{field}");
    vec![
        row(at("image"), json!("a b"), "`cluster.steps.image` is \"a b\""),
        row(at("limits"), json!({"memory": "much"}), "`cluster.steps.limits.memory` is \"much\""),
        row(at("schedule"), json!("* * * * 9"), "`cluster.steps.schedule` is \"* * * * 9\""),
        row(at("cleanup"), json!("never"), "`cluster.steps.cleanup`: unknown variant `never`"),
        row(at("stopped"), json!("no"), "`cluster.steps.stopped`: invalid type"),
        row(at("roles/0/name"), json!("cassandra"), "`cluster.steps.roles[0].name` is \"cassandra\""),
        row(at("roles/0/name"), json!(UNSAFE), "`cluster.steps.roles[0].name` holds the character U+0085"),
        row(at("roles/1/name"), json!("reports"), "`cluster.steps.roles[1].name` is \"reports\""),
        row(at("roles/0/secret"), json!("../x"), "`cluster.steps.roles[0].secret` is \"../x\""),
        row(at("operations"), json!([{"id": "A", "kind": "flush"}]), "`cluster.steps.operations[0].id` is \"A\""),
        row(at("operations"), json!([{"id": "a", "kind": "burn"}]), "unknown variant `burn`"),
        row(
            at("operations"),
            json!([{"id": "a", "kind": "flush"}, {"id": "a", "kind": "flush"}]),
            "`cluster.steps.operations[1].id` is \"a\"",
        ),
        row(
            at("operations"),
            json!([{"id": "a", "kind": "restart", "keyspaces": ["shop"]}]),
            "`cluster.steps.operations[0].kind` does not go with the fields: `restart` takes no `keyspaces`",
        ),
        row(
            at("operations"),
            json!([{"id": "a", "kind": "flush", "keyspaces": ["a b"]}]),
            "`cluster.steps.operations[0].keyspaces` is wrong: `a b` is no name of a keyspace",
        ),
        row(
            at("operations"),
            json!([{"id": "a", "kind": "drain", "pods": ["../x"]}]),
            "`cluster.steps.operations[0].pods[0]` is \"../x\"",
        ),
        row(
            at("operations"),
            json!([{"id": "a", "kind": "flush", "retry": UNSAFE}]),
            "`cluster.steps.operations[0].retry` holds the character U+0085",
        ),
        row(format!("{DATACENTER}/namespace"), json!(null), "`cluster.steps` needs a namespace"),
        row(format!("{DATACENTER}/rebuildFrom"), json!("a:b"), "`cluster.datacenters[0].rebuildFrom` is \"a:b\""),
        row(format!("{RACK}/whenNodesLeave"), json!("burn"), "whenNodesLeave`: unknown variant `burn`"),
    ]
}

/// A Reaper with one field as it must not be.
fn reaper() -> Vec<Row> {
    let schedule = json!({"keyspace": "a", "everyDays": 7, "intensity": 9000, "parallelism": "parallel", "segmentsPerNode": 64,
        "threads": 1, "timeoutMinutes": 30, "scope": "full", "adaptive": false, "paused": false});
    let good = json!({"mode": "sidecar", "version": "5.0.1", "image": "example.com/reaper:5.0.1", "keyspace": "reaper_db",
        "requests": {}, "limits": {}, "heapMebibytes": 256, "uiSecret": "ui", "generatesUiSecret": true, "autoSchedule": false,
        "schedules": [schedule]});
    let with = |pointer: &str, value: Value, told| row("/cluster/steps/reaper", changed(&good, pointer, value), told);
    vec![
        with("/mode", json!("cluster"), "unknown variant `cluster`"),
        with("/version", json!("4.2.3"), "`cluster.steps.reaper.version` is \"4.2.3\""),
        with("/image", json!("a b"), "`cluster.steps.reaper.image` is \"a b\""),
        with("/keyspace", json!("a\" WITH"), "`cluster.steps.reaper.keyspace` is"),
        with("/keyspace", Value::Null, "`cluster.steps.reaper` keeps what it knows nowhere"),
        with("/limits", json!({"memory": "much"}), "`cluster.steps.reaper.limits.memory` is \"much\""),
        with("/heapMebibytes", json!(0), "`cluster.steps.reaper.heapMebibytes` is 0"),
        with("/uiSecret", json!("../x"), "`cluster.steps.reaper.uiSecret` is \"../x\""),
        with("/roleSecret", json!("../x"), "`cluster.steps.reaper.roleSecret` is \"../x\""),
        with("/schedules/0/intensity", json!(0), "`cluster.steps.reaper.schedules[0].intensity` is wrong"),
        with("/schedules/0/keyspace", json!("a b"), "`cluster.steps.reaper.schedules[0].keyspace` is wrong"),
        with(
            "/schedules/0/percentUnrepaired",
            json!(5),
            "`cluster.steps.reaper.schedules[0].percentUnrepaired` does not",
        ),
        with("/schedules/0/datacenters", json!(["a\nb"]), "`cluster.steps.reaper.schedules[0].datacenters[0]` is"),
        with("/schedules/0/owner", json!("x"), "unknown field `owner`"),
    ]
}
