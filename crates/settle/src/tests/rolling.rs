//! Pods restart.

use super::fixture::Fixture;
use crate::action::{Action, Decision};

const R1: &str = "shop-dc1-r1-sts";

/// Every pod has an older template.
fn rolling() -> Fixture {
    let mut fixture = Fixture::of(&[&[2, 1]]);
    for set in fixture.seen.objects.sets.values_mut() {
        set.update_revision = "b".to_owned();
    }
    fixture
}

#[test]
fn the_highest_ordinal_of_the_first_rack_goes_first() {
    let mut fixture = rolling();
    assert!(matches!(fixture.act(), Action::Evict { pod, .. } if pod == "shop-dc1-r1-sts-1"));
    fixture.pod("shop-dc1-r1-sts-1").revision = "b".to_owned();
    assert!(matches!(fixture.act(), Action::Evict { pod, .. } if pod == "shop-dc1-r1-sts-0"));
}

#[test]
fn nobody_restarts_while_another_node_is_down() {
    let mut fixture = rolling();
    fixture.pod("shop-dc1-r1-sts-1").revision = "b".to_owned();
    fixture.down("shop-dc1-r1-sts-1");
    fixture.pod("shop-dc1-r1-sts-1").ready_since = fixture.seen.now;
    assert!(fixture.codes(false).contains(&"RingNotWhole"));
    fixture.seen.now += 600;
    assert_eq!(fixture.codes(true)[0], "PodNeverReady");
}

#[test]
fn a_node_that_is_down_with_an_older_template_goes_first() {
    let mut fixture = rolling();
    fixture.down("shop-dc1-r2-sts-0");
    assert!(matches!(fixture.act(), Action::DeletePod { pod, .. } if pod == "shop-dc1-r2-sts-0"));
}

#[test]
fn the_topology_holds_it_back() {
    let mut fixture = rolling();
    fixture.ring.rollout.stopped = true;
    assert!(matches!(fixture.look(), Decision::Done(reasons) if reasons[0].code == "RolloutStopped"));
    fixture.ring.rollout.stopped = false;
    fixture.ring.rollout.canary_pods = Some(1);
    assert!(matches!(fixture.act(), Action::Evict { .. }));
    fixture.pod("shop-dc1-r1-sts-1").revision = "b".to_owned();
    assert!(matches!(fixture.look(), Decision::Done(reasons) if reasons[0].code == "Canary"));
}

#[test]
fn the_versions_that_run_decide() {
    let mut fixture = rolling();
    fixture.ring.version = "5.0.1".parse().expect("a version");
    assert!(matches!(fixture.act(), Action::Evict { .. }));
    for pod in ["shop-dc1-r1-sts-0", "shop-dc1-r1-sts-1", "shop-dc1-r2-sts-0"] {
        fixture.everywhere(pod, |it| it.release = Some("3.11.19".to_owned()));
    }
    assert!(fixture.codes(true).contains(&"UpgradeNotAllowed"));
}

#[test]
fn a_status_of_an_older_generation_says_nothing() {
    let mut fixture = rolling();
    fixture.set(R1).is_observed = false;
    assert!(matches!(fixture.act_or_codes(), Err(codes) if codes.contains(&"NotApplied")));
}
