//! The double, row by row of what was observed of Reaper 4.2.3.

use serde_json::{Value, json};

use super::Request;
use super::model::{Entry, Model, RING};

fn model() -> Model {
    Model::new(&[("shop", &["orders", "lines"]), ("empty", &[])])
}

fn status(model: &mut Model, method: &str, target: &str) -> u16 {
    model.answer(&Request::of(method, target, "")).0
}

/// A POST with these parameters beside the ones that must be there.
fn post(model: &mut Model, more: &str) -> u16 {
    let names: Vec<&str> = more.split('&').filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    let base = [("clusterName", RING), ("keyspace", "shop"), ("owner", "cassc"), ("scheduleDaysBetween", "7")];
    let base = base.iter().filter(|(name, _)| !names.contains(name)).map(|(name, value)| format!("{name}={value}"));
    let query: Vec<String> = base.chain([more.to_owned()]).collect();
    status(model, "POST", &format!("/repair_schedule?{}", query.join("&")))
}

fn listed(model: &mut Model) -> Vec<Value> {
    let (_, body) = model.answer(&Request::of("GET", &format!("/repair_schedule?clusterName={RING}"), ""));
    serde_json::from_str(&body).expect("a list")
}

#[test]
fn login() {
    let mut model = model();
    let mut answer =
        |target: &str, is_form: bool| model.answer(&Request { is_form, ..Request::of("POST", target, "") });
    let (status, body) = answer("/login?username=reaper&password=p%20w%2F%2B%26%3D%25", true);
    let token: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &token["roles"]), (200, &json!(["operator"])));
    assert_eq!(answer("/login?username=reaper&password=", true).0, 400);
    assert_eq!(answer("/login?username=reaper&password=no", true).0, 401);
    assert_eq!(answer("/login?username=reaper&password=no", false).0, 415);
    model.entry = Entry::Open;
    assert_eq!(status_of_login(&mut model), 404);
}

/// [Read in the source of 3.8.0, not observed.]
#[test]
fn login_of_3_8() {
    let mut model = Model { entry: Entry::Session, ..model() };
    let form = |target: &str| Request { is_form: true, connection: 7, ..Request::of("POST", target, "") };
    let right = form("/login?username=reaper&password=p%20w%2F%2B%26%3D%25");
    assert_eq!(model.answer(&right), (204, String::new()));
    assert!(model.cookies(&right, 204).contains("\r\nSet-Cookie: JSESSIONID=session-7; Path=/; Secure; "));
    let wrong = form("/login?username=reaper&password=no");
    assert_eq!((model.answer(&wrong).0, model.cookies(&wrong, 403)), (403, String::new()));
    let mut jwt = |cookie: Option<&str>, connection: u32| {
        let cookie = cookie.map(str::to_owned);
        model.answer(&Request { cookie, connection, token: None, ..Request::of("GET", "/jwt", "") })
    };
    assert_eq!(jwt(Some("JSESSIONID=session-7"), 7), (200, "operator".to_owned()));
    assert_eq!((jwt(None, 7).0, jwt(Some("JSESSIONID=session-7"), 8).0), (302, 302));
    let without = Request { token: None, ..Request::of("GET", "/cluster", "") };
    assert_eq!(model.answer(&without).0, 403);
}

fn status_of_login(model: &mut Model) -> u16 {
    model.answer(&Request { is_form: true, ..Request::of("POST", "/login?username=a&password=b", "") }).0
}

#[test]
fn token() {
    let mut model = model();
    let mut with = |token: Option<&str>, method: &str| {
        let target = format!("/cluster/{RING}?seedHost=a");
        model.answer(&Request { token: token.map(str::to_owned), ..Request::of(method, &target, "") }).0
    };
    assert_eq!((with(None, "GET"), with(Some("expired"), "GET")), (401, 401));
    assert_eq!((with(Some("user"), "GET"), with(Some("user"), "PUT")), (200, 403));
}

#[test]
fn put_cluster() {
    let mut model = Model { seed: None, ..model() };
    assert_eq!(status(&mut model, "PUT", "/cluster/shop?seedHost=a"), 201);
    assert_eq!(status(&mut model, "PUT", "/cluster/shop?seedHost=b"), 204);
    assert_eq!(model.seed.as_deref(), Some("a"), "the seed is not updated");
    assert_eq!(status(&mut model, "PUT", "/cluster/other?seedHost=a"), 400);
    assert_eq!(status(&mut model, "PUT", "/cluster/shop"), 400);
    model.reaches_nodes = false;
    assert_eq!(status(&mut model, "PUT", "/cluster/shop?seedHost=a"), 400);
}

#[test]
fn get_cluster() {
    let mut model = model();
    assert_eq!(status(&mut model, "GET", "/cluster/shop"), 200);
    assert_eq!(status(&mut model, "GET", "/cluster/Shop"), 404);
    model.reaches_nodes = false;
    assert_eq!(status(&mut model, "GET", "/cluster/shop"), 500);
}

#[test]
fn delete_cluster() {
    let mut model = model();
    assert_eq!(post(&mut model, ""), 201);
    assert_eq!(status(&mut model, "DELETE", "/cluster/shop"), 409);
    assert_eq!(status(&mut model, "DELETE", "/cluster/shop?force=true"), 202);
    assert_eq!((model.schedules.len(), model.seed.as_ref()), (0, None));
    assert_eq!(status(&mut model, "DELETE", "/cluster/shop"), 202, "it is absent");
}

#[test]
fn get_schedules() {
    let mut model = model();
    assert_eq!(post(&mut model, ""), 201);
    assert_eq!(listed(&mut model).len(), 1);
    let (status, body) = model.answer(&Request::of("GET", "/repair_schedule?clusterName=Shop", ""));
    assert_eq!((status, body.as_str()), (200, "[]"));
}

#[test]
fn post_schedule_is_refused() {
    let cases = [
        (404, "keyspace=none"),
        (404, "keyspace=empty"),
        (404, "tables=none"),
        (404, "clusterName=none"),
        (404, "scheduleDaysBetween=abc"),
        (400, "intensity=0"),
        (400, "intensity=1.1"),
        (400, "segmentCountPerNode=1001"),
        (400, "incrementalRepair=true"),
        (400, "scheduleTriggerTime=2020-01-01T00:00:00Z"),
        (400, "nodes=a&datacenters=b"),
        (400, "tables=orders&blacklistedTables=lines"),
    ];
    for (expected, more) in cases {
        assert_eq!(post(&mut model(), more), expected, "{more}");
    }
    let without_days = "/repair_schedule?clusterName=shop&keyspace=shop&owner=cassc";
    assert_eq!(status(&mut model(), "POST", without_days), 400);
    let mut model = Model { reaches_nodes: false, ..model() };
    assert_eq!(post(&mut model, ""), 500);
}

#[test]
fn post_schedule_takes_an_unknown_datacenter() {
    assert_eq!(post(&mut model(), "datacenters=nowhere"), 201);
}

#[test]
fn post_schedule_answers_204_and_makes_nothing() {
    let mut model = model();
    assert_eq!(post(&mut model, "tables=orders&intensity=0.5"), 201);
    let before = model.schedules.clone();
    for other in ["intensity=0.9", "owner=alice", "repairThreadCount=3", "timeout=60", "scheduleDaysBetween=3"] {
        assert_eq!(post(&mut model, &format!("tables=orders&{other}")), 204, "{other}");
    }
    assert_eq!(post(&mut model, ""), 204, "it overlaps, and days, owner and parallelism are equal");
    assert_eq!(post(&mut model, "owner=alice"), 409);
    assert_eq!(model.schedules, before);
}

#[test]
fn what_comes_back_is_unordered_widened_and_complete() {
    let mut model = model();
    assert_eq!(post(&mut model, "intensity=0.9&tables=orders,lines"), 201);
    let found = listed(&mut model).remove(0);
    assert_eq!(found["intensity"], json!(0.899_999_976_158_142_1));
    assert_eq!(found["column_families"], json!(["lines", "orders"]));
    let defaults = [("segment_count_per_node", 0), ("repair_thread_count", 1), ("segment_timeout", 30)];
    for (key, value) in defaults.into_iter().chain([("percent_unrepaired_threshold", -1)]) {
        assert_eq!(found[key], json!(value), "{key}");
    }
    assert_eq!((&found["state"], &found["next_activation"]), (&json!("ACTIVE"), &json!("2026-12-02T00:00:00Z")));
}

#[test]
fn patch_schedule() {
    let mut model = model();
    let more = "incrementalRepair=true&repairParallelism=PARALLEL&adaptive=true&percentUnrepairedThreshold=10";
    assert_eq!(post(&mut model, more), 201);
    let mut patch = |body: &str| model.answer(&Request::of("PATCH", "/repair_schedule/id-001", body));
    for wrong in [r#"{"tables":["a"]}"#, r#"{"intensity":1.5}"#, r#"{"scheduled_days_between":32}"#] {
        assert_eq!(patch(wrong).0, 422, "{wrong}");
    }
    let (status, body) = patch(r#"{"intensity":0.0,"scheduled_days_between":0}"#);
    let whole: Value = serde_json::from_str(&body).expect("the whole object");
    assert_eq!((status, &whole["adaptive"], &whole["percent_unrepaired_threshold"]), (200, &json!(false), &json!(-1)));
    assert_eq!((&whole["intensity"], &whole["scheduled_days_between"]), (&json!(0.0), &json!(0)));
}

#[test]
fn put_state() {
    let mut model = model();
    post(&mut model, "");
    let states = [("PAUSED", 200), ("PAUSED", 204), ("ACTIVE", 200), ("DONE", 400)];
    for (state, expected) in states {
        assert_eq!(status(&mut model, "PUT", &format!("/repair_schedule/id-001?state={state}")), expected, "{state}");
    }
}

#[test]
fn delete_schedule() {
    let mut model = model();
    post(&mut model, "");
    assert_eq!(status(&mut model, "DELETE", "/repair_schedule/id-001?owner=cassc"), 409, "it is active");
    status(&mut model, "PUT", "/repair_schedule/id-001?state=PAUSED");
    assert_eq!(status(&mut model, "DELETE", "/repair_schedule/id-001?owner=alice"), 409);
    assert_eq!(status(&mut model, "DELETE", "/repair_schedule/id-001?owner=cassc"), 202);
    assert_eq!(status(&mut model, "DELETE", "/repair_schedule/id-001?owner=cassc"), 404);
}

#[test]
fn start_schedule() {
    let mut model = model();
    post(&mut model, "");
    assert_eq!(status(&mut model, "POST", "/repair_schedule/start/id-001"), 200);
}
