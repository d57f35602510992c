//! The state, and its copies for the gates of other namespaces; Events.

use std::collections::BTreeMap;

use cassc_settle::cluster::{Cluster as _, Event, Failure, Stored};
use k8s_openapi::api::core::v1::{ConfigMap, Event as KubeEvent};
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;

use crate::world::{SET, World, objects};

fn data(keys: &[(&str, &str)]) -> BTreeMap<String, String> {
    keys.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn the_state_is_written_only_over_the_version_that_was_read() {
    let world = World::empty("state").await;
    let (one, other) = (world.live("one").await, world.live("other").await);
    let nothing = one.state().await.expect("an answer");
    assert_eq!(nothing, Stored::default());
    let keys = data(&[("founded", "true"), ("settle.json", "{}")]);
    let first = one.write_state(&Stored { data: keys.clone(), version: None }).await.expect("there is none");
    let stale = Stored { data: data(&[]), version: None };
    assert_eq!(other.write_state(&stale).await, Err(Failure::Conflict), "there is one by now");

    let maps = world.api::<ConfigMap>(&world.home);
    let by_hand = json!({"metadata": {"labels": {"mine": "x"}}, "data": {"bootstrapped.p-0": "true"}});
    maps.patch("shop-state", &PatchParams::default(), &Patch::Merge(by_hand)).await.expect("it is taken");
    assert_eq!(one.write_state(&first).await, Err(Failure::Conflict));
    let mut read = one.state().await.expect("an answer");
    assert_eq!(read.data["bootstrapped.p-0"], "true");
    read.data.remove("founded");
    let second = one.write_state(&read).await.expect("nobody was in between");
    let found = maps.get("shop-state").await.expect("it is there");
    assert_eq!((found.data, found.metadata.resource_version), (Some(second.data.clone()), second.version));
    assert_eq!(second.data, data(&[("bootstrapped.p-0", "true"), ("settle.json", "{}")]), "a key that goes is gone");
    assert_eq!(found.metadata.labels.expect("labels")["mine"], "x", "what others wrote beside it stays");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn gates_of_other_namespaces_read_the_same() {
    let world = World::empty("copies").await;
    let live = world.live("one").await;
    let keys = data(&[("founded", "true"), ("host-id.p-0", "h"), ("left.p-1", "l"), ("settle.json", "{}")]);
    let stored = live.write_state(&Stored { data: keys, version: None }).await.expect("there is none");
    let copies = world.api::<ConfigMap>(&world.second);
    let copy = async || copies.get("shop-state").await.expect("it is there").data.expect("keys");
    let of_gate = data(&[("founded", "true"), ("host-id.p-0", "h")]);
    assert_eq!(copy().await, of_gate);

    // A copy that somebody changes is put right by whoever has the Lease, and by nobody else.
    let by_hand = json!({"data": {"founded": "false"}});
    copies.patch("shop-state", &PatchParams::default(), &Patch::Merge(by_hand)).await.expect("it is taken");
    live.state().await.expect("an answer");
    assert_eq!(copy().await["founded"], "false");
    assert_eq!(live.lease().await, Ok(None));
    assert_eq!(live.state().await.expect("an answer").version, stored.version);
    assert_eq!(copy().await, of_gate);
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn events_are_where_kubectl_describe_looks_for_them() {
    let world = World::with_pods("events").await;
    let live = world.live("one").await;
    live.write_state(&Stored { data: data(&[]), version: None }).await.expect("there is none");
    objects(&live).await;
    let event = |kind, name: &str, message: &str, warning| Event {
        kind,
        name: name.to_owned(),
        reason: "Tried",
        message: message.to_owned(),
        warning,
    };
    for _ in 0..3 {
        live.event(&event("StatefulSet", SET, "replicas 2 to 1", false)).await;
    }
    live.event(&event("StatefulSet", SET, "replicas 1 to 0", true)).await;
    live.event(&event("Pod", &format!("{SET}-0"), "leaves the ring", false)).await;
    live.event(&event("ConfigMap", "shop-state", &"ü".repeat(4000), false)).await;

    // The selector of `kubectl describe`.
    let events = world.api::<KubeEvent>(&world.home);
    let about = async |kind: &str, name: &str, uid: &str| {
        let selector =
            format!("involvedObject.kind={kind},involvedObject.name={name},involvedObject.uid={uid},reason=Tried");
        events.list(&ListParams::default().fields(&selector)).await.expect("an answer").items
    };
    let found = objects(&live).await;
    let mut of_set = about("StatefulSet", SET, &found.sets[SET].uid).await;
    of_set.sort_by_key(|it| it.count);
    let told: Vec<_> = of_set.iter().map(|it| (it.count, it.type_.as_deref(), it.message.as_deref())).collect();
    let expected =
        [(Some(1), Some("Warning"), Some("replicas 1 to 0")), (Some(3), Some("Normal"), Some("replicas 2 to 1"))];
    assert_eq!(told, expected);
    let pod = format!("{SET}-0");
    assert_eq!(about("Pod", &pod, &found.pods[&pod].uid).await.len(), 1);
    let state = world.api::<ConfigMap>(&world.home).get("shop-state").await.expect("it is there");
    let of_state = about("ConfigMap", "shop-state", &state.metadata.uid.expect("it has one")).await;
    assert_eq!(of_state.len(), 1, "a message that is too long is cut");
}
