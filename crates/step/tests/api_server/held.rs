//! The Lease: one holder at a time.

use std::time::Duration;

use cassc_settle::cluster::{Cluster as _, Failure};
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::world::World;

#[tokio::test]
#[ignore = "tests/step/run"]
async fn one_process_at_a_time_has_the_lease() {
    let world = World::empty("lease").await;
    let (one, other) = (world.live("one").await, world.live("other").await);
    assert_eq!(one.lease_age(), u64::MAX);
    assert_eq!(one.lease().await, Ok(None));
    assert!(one.lease_age() <= 1);
    assert_eq!(other.lease().await, Ok(Some("one".to_owned())));
    assert_eq!(other.lease_age(), u64::MAX, "who has asked in vain has nothing");
    assert_eq!(one.lease().await, Ok(None), "it is renewed");
    other.release().await.expect("there is nothing to give back");
    assert_eq!(other.lease().await, Ok(Some("one".to_owned())));
    one.release().await.expect("it is given back");
    assert_eq!(one.lease_age(), u64::MAX);
    assert_eq!(other.lease().await, Ok(None));
    assert_eq!(one.lease().await, Ok(Some("other".to_owned())));
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn a_lease_that_is_not_renewed_goes_to_who_has_watched_it() {
    let world = World::empty("lapse").await;
    let (one, other) = (world.live("one").await, world.live("other").await);
    assert_eq!(one.lease().await, Ok(None));
    let leases = world.api::<Lease>(&world.home);
    // Two seconds instead of a minute, and a renewal that is years old: whose clock that is nobody knows.
    let short = json!({"spec": {"leaseDurationSeconds": 2, "renewTime": "2001-01-01T00:00:00.000000Z"}});
    leases.patch("shop-step", &PatchParams::default(), &Patch::Merge(short)).await.expect("it is taken");
    assert_eq!(other.lease().await, Ok(Some("one".to_owned())));
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(other.lease().await, Ok(None), "it has not changed for longer than it holds");
    let spec = leases.get("shop-step").await.expect("it is there").spec.expect("a spec");
    assert_eq!((spec.holder_identity.as_deref(), spec.lease_duration_seconds), (Some("other"), Some(60)));
    assert_eq!(one.lease().await, Ok(Some("other".to_owned())));
    assert_eq!(one.lease_age(), u64::MAX);
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn of_two_that_take_it_at_once_one_has_it() {
    let world = World::empty("race").await;
    let mut holders = Vec::new();
    for number in 0..8 {
        holders.push(world.live(&format!("holder-{number}")).await);
    }
    // On one thread, but every call waits for the server twice: their requests are between each other.
    let local = tokio::task::LocalSet::new();
    let tasks: Vec<_> = holders.into_iter().map(|live| local.spawn_local(async move { live.lease().await })).collect();
    local.await;
    let mut have = 0;
    for task in tasks {
        match task.await.expect("it does not panic") {
            Ok(None) => have += 1,
            Ok(Some(_)) | Err(Failure::Conflict) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(have, 1);
}
