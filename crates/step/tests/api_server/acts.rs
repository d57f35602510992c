//! Acts on objects: each takes place on what was judged, and on nothing else.

use cassc_settle::cluster::{Cluster as _, Failure};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, Secret};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::world::{SET, World, objects, until};

const POD: &str = "shop-dc1-r1-sts-1";
const CLAIM: &str = "server-data-shop-dc1-r1-sts-1";

#[tokio::test]
#[ignore = "tests/step/run"]
async fn replicas_change_only_over_the_version_that_was_judged() {
    let world = World::with_pods("scale").await;
    let live = world.live("a").await;
    let judged = objects(&live).await.sets[SET].clone();
    let sets = world.api::<StatefulSet>(&world.home);
    let touch = json!({"metadata": {"annotations": {"somebody": "else"}}});
    sets.patch(SET, &PatchParams::default(), &Patch::Merge(touch)).await.expect("it is taken");
    assert_eq!(live.scale(SET, &judged, 1).await, Err(Failure::Conflict));
    let fresh = objects(&live).await.sets[SET].clone();
    live.scale(SET, &fresh, 1).await.expect("nobody was in between");
    assert_eq!(objects(&live).await.sets[SET].replicas, 1);
    assert_eq!(live.scale(SET, &fresh, 0).await, Err(Failure::Conflict), "its own change counts too");

    // The same name, another object.
    let last = objects(&live).await.sets[SET].clone();
    let before = sets.get(SET).await.expect("it is there");
    sets.delete(SET, &DeleteParams::orphan()).await.expect("it can be deleted");
    until("it is gone", async || sets.get_opt(SET).await.expect("an answer").is_none()).await;
    assert_eq!(live.scale(SET, &last, 2).await, Err(Failure::NotFound));
    let again = json!({"metadata": {"name": SET, "labels": before.metadata.labels}, "spec": before.spec});
    world.create::<StatefulSet>(&world.home, again).await;
    assert_eq!(live.scale(SET, &last, 2).await, Err(Failure::Conflict));
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn only_the_pod_that_was_judged_goes() {
    let world = World::with_pods("pods").await;
    let live = world.live("a").await;
    let first = objects(&live).await.pods[POD].uid.clone();
    live.evict(POD, &first).await.expect("no budget forbids it");
    until("another pod is there", async || objects(&live).await.pods.get(POD).is_some_and(|pod| pod.uid != first))
        .await;
    world.until_ready().await;
    let second = objects(&live).await.pods[POD].uid.clone();
    assert_eq!(live.evict(POD, &first).await, Err(Failure::Conflict));
    assert_eq!(live.delete_pod(POD, &first, false).await, Err(Failure::Conflict));
    assert_eq!(objects(&live).await.pods[POD].uid, second, "it is still there");
    assert_eq!(live.evict(POD, "never seen").await, Err(Failure::NotFound));
    live.delete_pod(POD, &second, false).await.expect("it is the one");
    until("a third is there", async || objects(&live).await.pods.get(POD).is_some_and(|pod| pod.uid != second)).await;
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn a_disruption_budget_refuses_an_eviction() {
    let world = World::with_pods("budget").await;
    let live = world.live("a").await;
    let labels = objects(&live).await;
    let uid = labels.pods[POD].uid.clone();
    let set = world.api::<StatefulSet>(&world.home).get(SET).await.expect("it is there");
    let selector = set.spec.expect("a spec").selector;
    let budget = json!({"metadata": {"name": "dc1-pdb"}, "spec": {"maxUnavailable": 0, "selector": selector}});
    let created = world.create::<k8s_openapi::api::policy::v1::PodDisruptionBudget>(&world.home, budget).await;
    let budgets = world.api::<k8s_openapi::api::policy::v1::PodDisruptionBudget>(&world.home);
    let is_seen =
        async || budgets.get("dc1-pdb").await.expect("it is there").status.is_some_and(|it| it.expected_pods == 2);
    until("its controller has counted", is_seen).await;
    let outcome = live.evict(POD, &uid).await;
    assert!(
        matches!(&outcome, Err(Failure::TooManyRequests(text)) if text.contains("disruption budget")),
        "{outcome:?}"
    );
    assert!(created.metadata.uid.is_some() && objects(&live).await.pods[POD].uid == uid);
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn only_the_claim_that_was_judged_goes_or_grows() {
    let world = World::with_pods("claims").await;
    let live = world.live("a").await;
    let found = objects(&live).await;
    let first = found.claims[CLAIM].uid.clone();
    live.expand_claim(CLAIM, &first, "2Gi").await.expect("its class allows it");
    assert_eq!(objects(&live).await.claims[CLAIM].requested, 2 << 30);
    let smaller = live.expand_claim(CLAIM, &first, "1Gi").await;
    assert!(matches!(smaller, Err(Failure::Refused { status: 422, .. })), "{smaller:?}");

    // The pod goes, the claim stays; then it is deleted, and made again by the pod's return.
    live.scale(SET, &found.sets[SET], 1).await.expect("nobody was in between");
    until("its pod is gone", async || !objects(&live).await.pods.contains_key(POD)).await;
    let kept = objects(&live).await.claims[CLAIM].clone();
    assert_eq!((kept.uid.as_str(), kept.pod.as_str(), kept.is_deleting), (first.as_str(), POD, false));
    live.delete_claim(CLAIM, &first).await.expect("it is the one");
    let claims = world.api::<PersistentVolumeClaim>(&world.home);
    until("it is gone", async || claims.get_opt(CLAIM).await.expect("an answer").is_none()).await;
    let set = objects(&live).await.sets[SET].clone();
    live.scale(SET, &set, 2).await.expect("nobody was in between");
    world.until_ready().await;
    assert_ne!(objects(&live).await.claims[CLAIM].uid, first);
    assert_eq!(live.delete_claim(CLAIM, &first).await, Err(Failure::Conflict));
    assert_eq!(live.expand_claim(CLAIM, &first, "3Gi").await, Err(Failure::Conflict));
    let kept = objects(&live).await.claims[CLAIM].clone();
    assert_eq!((kept.is_deleting, kept.requested), (false, 1 << 30));
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn a_claim_whose_class_does_not_expand_is_known_when_the_api_server_has_refused_it() {
    let world = World::with_pods("fixed").await;
    let live = world.live("a").await;
    let (claim, volume) = (format!("server-data-{SET}-2"), format!("{}-fixed", world.home));
    let spec = json!({"accessModes": ["ReadWriteOnce"], "storageClassName": "fixed"});
    let mut of_volume = spec.clone();
    of_volume["capacity"] = json!({"storage": "1Gi"});
    of_volume["hostPath"] = json!({"path": "/tmp/fixed"});
    of_volume["claimRef"] = json!({"namespace": world.home, "name": claim});
    let object = serde_json::from_value(json!({"metadata": {"name": volume}, "spec": of_volume})).expect("a volume");
    let volumes = Api::<PersistentVolume>::all(world.client.clone());
    volumes.create(&PostParams::default(), &object).await.expect("the API server takes it");
    let mut of_claim = spec;
    of_claim["volumeName"] = json!(volume);
    of_claim["resources"] = json!({"requests": {"storage": "1Gi"}});
    let metadata = json!({"name": claim, "labels": {"cassandra.datastax.com/cluster": "shop"}});
    world.create::<PersistentVolumeClaim>(&world.home, json!({"metadata": metadata, "spec": of_claim})).await;
    until("it is bound", async || objects(&live).await.claims[&claim].capacity == 1 << 30).await;
    let found = objects(&live).await.claims[&claim].clone();
    assert!(!found.is_fixed);
    let refused = live.expand_claim(&claim, &found.uid, "2Gi").await;
    assert!(matches!(refused, Err(Failure::Refused { status: 403, .. })), "{refused:?}");
    assert!(objects(&live).await.claims[&claim].is_fixed);
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn a_secret_is_made_once() {
    let world = World::empty("secret").await;
    let live = world.live("a").await;
    live.create_secret("shop-superuser", "shop-superuser").await.expect("there is none");
    let first = objects(&live).await.secrets["shop-superuser"].clone();
    assert!(first.is_complete);
    assert_eq!(live.create_secret("shop-superuser", "other").await, Err(Failure::Conflict));
    assert_eq!(objects(&live).await.secrets["shop-superuser"], first, "it is as it was");
    let data = world.api::<Secret>(&world.home).get("shop-superuser").await.expect("it is there").data.expect("keys");
    assert_eq!((data["username"].0.as_slice(), data["password"].0.len()), (b"shop-superuser".as_slice(), 43));
}
