//! What a look finds.

use cassc_settle::cluster::Cluster as _;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::world::{CLUSTER, LABEL, SET, World, objects};

#[tokio::test]
#[ignore = "tests/step/run"]
async fn everything_of_the_cluster_is_found_and_nothing_else() {
    let world = World::with_pods("seen").await;
    let spec = json!({"containers": [{"name": "c", "image": "registry.test/c"}], "terminationGracePeriodSeconds": 0});
    let stranger = json!({"metadata": {"name": "shop-dc1-r1-sts-7", "labels": {LABEL: CLUSTER}}, "spec": spec});
    world.create::<Pod>(&world.home, stranger).await;
    let secret = json!({"metadata": {"name": "shop-superuser"}, "stringData": {"username": "su", "password": ""}});
    world.create::<Secret>(&world.home, secret).await;
    let live = world.live("a").await;
    let found = objects(&live).await;

    let set = &found.sets[SET];
    assert_eq!((found.sets.len(), set.replicas, set.template.as_deref()), (1, 2, Some("digest")));
    assert!(set.is_ours && set.is_observed && !set.is_deleting && !set.version.is_empty());
    let names: Vec<&str> = found.pods.keys().map(String::as_str).collect();
    assert_eq!(names, ["shop-dc1-r1-sts-0", "shop-dc1-r1-sts-1"]);
    for (pod, ordinal) in found.pods.values().zip(0..) {
        assert_eq!(
            (pod.set.as_str(), pod.ordinal, pod.revision.as_str()),
            (SET, ordinal, set.update_revision.as_str())
        );
        assert!(pod.is_ready && !pod.is_in_gate && pod.address.is_some() && pod.trouble.is_none(), "{pod:?}");
        assert_eq!(pod.claims, [format!("server-data-{SET}-{ordinal}")]);
        // The other one comes with the account that Kubernetes gives every pod.
        assert_eq!(pod.config_maps, ["kube-root-ca.crt", "shop-dc1-config-0123abcd"]);
        let claim = &found.claims[&pod.claims[0]];
        assert_eq!((claim.pod.as_str(), claim.requested, claim.capacity), (names[ordinal as usize], 1 << 30, 1 << 30));
        assert_eq!((claim.is_data, claim.is_fixed), (true, false));
    }
    assert!(!found.secrets["shop-superuser"].is_complete, "the password is empty");
    let document = live.desired().await.expect("it is there");
    assert!(document.ring.contains("clusterName") && document.generation == "1");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn a_configuration_is_in_use_as_long_as_a_revision_refers_to_it() {
    let world = World::with_pods("leftovers").await;
    world.configuration("89abcdef").await;
    let live = world.live("a").await;
    // The template moves on, the pods stay as they are.
    let volumes = json!([{"name": "config", "configMap": {"name": "shop-dc1-config-89abcdef"}}]);
    let patch = json!({"spec": {"template": {"spec": {"volumes": volumes}}}});
    let sets = world.api::<StatefulSet>(&world.home);
    sets.patch(SET, &PatchParams::default(), &Patch::Strategic(patch)).await.expect("it is taken");
    world.until_ready().await;
    let found = objects(&live).await;
    let set = &found.sets[SET];
    assert!(found.pods.values().all(|pod| pod.revision != set.update_revision), "nothing restarts by itself");
    let leftovers: Vec<_> = found.leftovers.iter().map(|it| (it.name.as_str(), it.is_in_use)).collect();
    assert_eq!(leftovers, [("shop-dc1-config-0123abcd", true), ("shop-dc1-config-89abcdef", true)]);

    // One that was made again since it was judged stays.
    let mut old = found.leftovers[0].clone();
    world.delete::<ConfigMap>(&old.name).await;
    let new = world.configuration("0123abcd").await;
    let failure = live.delete_leftover(&old).await;
    assert_eq!(failure, Err(cassc_settle::cluster::Failure::Conflict));
    objects(&live).await;
    old.uid = new.metadata.uid.expect("it has one");
    live.delete_leftover(&old).await.expect("it is the one that was judged");
    assert_eq!(objects(&live).await.leftovers.len(), 1);
}
