//! The decisions, one at a time. Whole histories are the business of `cassc-sim`.

mod curing;
mod deserted;
mod fixture;
mod growing;
mod older;
mod operating;
mod repairs;
mod rolling;
mod settling;
mod shrinking;

use crate::action::Decision;
use crate::observed::Status;
use fixture::Fixture;

#[test]
fn a_settled_ring_is_done() {
    assert_eq!(Fixture::of(&[&[1, 1, 1]]).look(), Decision::Done(Vec::new()));
    assert_eq!(Fixture::of(&[&[2, 1], &[3]]).look(), Decision::Done(Vec::new()));
}

#[test]
fn nothing_is_done_to_a_ring_with_a_node_of_another_cluster() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    fixture.everywhere("shop-dc1-r1-sts-1", |it| it.cluster_name = Some("other".to_owned()));
    assert_eq!(fixture.codes(true), ["OtherCluster"]);
}

#[test]
fn a_lost_volume_stops_everything() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    let view = fixture.seen.views.get_mut("shop-dc1-r1-sts-0").expect("it answers").as_mut().expect("it answers");
    for endpoint in view.iter_mut().filter(|it| it.is_local) {
        endpoint.host_id = Some("id-new".to_owned());
    }
    assert_eq!(fixture.codes(true), ["VolumeLost"]);
    assert_eq!(fixture.state.host_ids["shop-dc1-r1-sts-0"], "id-shop-dc1-r1-sts-0");
}

#[test]
fn a_cluster_is_stopped_and_comes_back_at_once() {
    let mut fixture = Fixture::of(&[&[2, 1]]);
    fixture.ring.steps.as_mut().expect("steps").stopped = true;
    let text = format!("{:?}", fixture.act());
    assert!(text.contains("from: 2, to: 0, why: Stopped"), "{text}");
    for set in ["shop-dc1-r1-sts", "shop-dc1-r2-sts"] {
        fixture.set(set).replicas = 0;
    }
    for pod in ["shop-dc1-r1-sts-0", "shop-dc1-r1-sts-1", "shop-dc1-r2-sts-0"] {
        fixture.remove(pod);
    }
    assert!(matches!(fixture.look(), Decision::Done(reasons) if reasons[0].code == "Stopped"));
    fixture.ring.steps.as_mut().expect("steps").stopped = false;
    let text = format!("{:?}", fixture.act());
    assert!(text.contains("from: 0, to: 2, why: MembersMissing"), "{text}");
}

#[test]
fn a_node_that_does_not_say_who_it_is_says_nothing() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    for view in fixture.seen.views.values_mut() {
        *view = Ok(Vec::new());
    }
    assert!(fixture.codes(false).contains(&"NoAnswer"));
    fixture.everywhere("shop-dc1-r1-sts-2", |it| it.status = Status::Left);
}
