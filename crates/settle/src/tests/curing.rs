//! Lost nodes are replaced, or taken out.

use super::fixture::Fixture;
use crate::action::{Action, Decision, ScaleReason};
use crate::observed::Status;

const LOST: &str = "shop-dc1-r1-sts-2";

/// Three nodes, the last of which is down for a long time; it is to be replaced.
fn lost() -> Fixture {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.operations(r#"[{"id":"a","kind":"replaceNode","pods":["shop-dc1-r1-sts-2"]}]"#);
    fixture.down(LOST);
    fixture.pod(LOST).ready_since = fixture.seen.now - 600;
    fixture
}

/// A new pod with a new claim, whose node has another host id and address.
fn new_node(fixture: &mut Fixture) {
    let pod = fixture.pod(LOST);
    (pod.uid, pod.address, pod.is_ready) = ("new".to_owned(), Some("10.0.0.9".to_owned()), true);
    (pod.is_deleting, pod.ends_by, pod.trouble, pod.is_in_gate) = (false, None, None, false);
    fixture.claim(LOST);
    fixture.seen.objects.claims.get_mut(&format!("server-data-{LOST}")).expect("a claim").uid = "new".to_owned();
    let mut view = fixture.seen.views["shop-dc1-r1-sts-0"].clone().expect("it answers");
    view.iter_mut().for_each(|it| it.is_local = false);
    fixture.seen.views.insert(LOST.to_owned(), Ok(view));
    let change = |it: &mut crate::observed::Endpoint| {
        (it.host_id, it.address, it.is_alive) = (Some("id-new".to_owned()), "10.0.0.9".to_owned(), true);
    };
    fixture.everywhere(LOST, change);
    let own = fixture.seen.views.get_mut(LOST).expect("it answers").as_mut().expect("it answers");
    own.iter_mut().for_each(|it| it.is_local = it.host_id.as_deref() == Some("id-new"));
}

#[test]
fn claims_and_pod_go_after_the_address_is_known_and_the_new_node_takes_the_place() {
    let mut fixture = lost();
    assert_eq!(fixture.begin(), "a");
    assert_eq!(fixture.state.replaces[LOST], "10.0.0.3");
    assert!(matches!(fixture.act(), Action::DeleteClaim { pod, .. } if pod == LOST));
    fixture.seen.objects.claims.get_mut(&format!("server-data-{LOST}")).expect("a claim").is_deleting = true;
    assert!(matches!(fixture.act(), Action::DeletePod { at_once: false, .. }));
    let now = fixture.seen.now;
    (fixture.pod(LOST).is_deleting, fixture.pod(LOST).ends_by) = (true, Some(now));
    assert_eq!(fixture.codes(false)[0], "PodEnding");
    fixture.seen.now += 60;
    assert!(matches!(fixture.act(), Action::DeletePod { at_once: true, .. }));
    new_node(&mut fixture);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    assert_eq!(fixture.state.host_ids[LOST], "id-new");
    assert!(fixture.state.replaces.is_empty() && !fixture.state.memory.operations["a"].is_open());
}

#[test]
fn it_goes_on_to_its_end_whatever_the_topology_says_by_then() {
    for operations in ["[]", r#"[{"id":"a","kind":"replaceNode","pods":["shop-dc1-r1-sts-2"],"suspend":true}]"#] {
        let mut fixture = lost();
        fixture.begin();
        fixture.operations(operations);
        assert!(matches!(fixture.act(), Action::DeleteClaim { .. }));
    }
}

#[test]
fn a_pod_in_its_gate_only_needs_the_address() {
    let mut fixture = lost();
    fixture.pod(LOST).is_in_gate = true;
    fixture.seen.views.remove(LOST);
    fixture.begin();
    assert_eq!(fixture.codes(false)[0], "Replacing");
    new_node(&mut fixture);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
}

#[test]
fn a_gate_that_cannot_run_is_given_another_worker() {
    let mut fixture = lost();
    fixture.pod(LOST).is_in_gate = true;
    fixture.seen.views.remove(LOST);
    fixture.begin();
    fixture.pod(LOST).trouble = Some("Unschedulable".to_owned());
    fixture.begin();
    assert!(matches!(fixture.act(), Action::DeleteClaim { .. }));
}

#[test]
fn a_node_that_may_come_back_is_not_replaced() {
    type Spoil = fn(&mut Fixture);
    let spoil: [(&str, bool, Spoil); 7] = [
        ("NodeAlive", true, |it| it.up(LOST)),
        ("NodeAlive", false, |it| it.everywhere(LOST, |node| node.is_alive = true)),
        ("MayComeBack", false, |it| it.pod(LOST).ready_since += 1),
        ("PodEnding", false, |it| it.pod(LOST).is_deleting = true),
        ("MayComeBack", false, |it| {
            // Its worker is back, and was up for a moment.
            let now = it.seen.now;
            let pod = it.pod(LOST);
            (pod.is_deleting, pod.ends_by, pod.ready_since) = (true, Some(now - 600), now - 5);
        }),
        ("PodMissing", false, |it| it.remove(LOST)),
        ("RingNotWhole", false, |it| it.down("shop-dc1-r1-sts-1")),
    ];
    for (code, refuses, spoil) in spoil {
        let mut fixture = lost();
        spoil(&mut fixture);
        let codes = fixture.codes(refuses);
        assert!(codes.contains(&code), "{code}: {codes:?}");
        assert!(fixture.state.memory.operations.is_empty());
    }
}

#[test]
fn a_new_node_joins_first_unless_it_waits_for_the_lost_one() {
    let mut fixture = Fixture::of(&[&[3, 2]]);
    fixture.operations(r#"[{"id":"a","kind":"replaceNode","pods":["shop-dc1-r1-sts-2"]}]"#);
    fixture.ring.datacenters[0].racks[0].nodes = 4;
    fixture.set("shop-dc1-r1-sts").replicas = 4;
    fixture.start("shop-dc1-r1-sts", 3);
    for view in fixture.seen.views.values_mut().filter_map(|view| view.as_mut().ok()) {
        view.retain(|it| it.host_id.as_deref() != Some("id-shop-dc1-r1-sts-3"));
    }
    fixture.seen.views.remove("shop-dc1-r1-sts-3");
    fixture.pod("shop-dc1-r1-sts-3").is_ready = false;
    fixture.down(LOST);
    fixture.pod(LOST).ready_since = fixture.seen.now - 600;
    assert!(fixture.codes(false).contains(&"Joining"));
    fixture.pod("shop-dc1-r1-sts-3").is_in_gate = true;
    assert_eq!(fixture.begin(), "a");
}

#[test]
fn the_gate_is_told_the_address_that_the_lost_node_had_last() {
    let mut fixture = lost();
    fixture.begin();
    fixture.everywhere(LOST, |it| it.address = "10.0.0.8".to_owned());
    fixture.look();
    assert_eq!(fixture.state.replaces[LOST], "10.0.0.8");
}

#[test]
fn a_node_that_comes_back_in_time_is_let_alone() {
    let mut fixture = lost();
    fixture.begin();
    fixture.up(LOST);
    assert_eq!(fixture.codes(true), ["NodeAlive"]);
    assert!(fixture.state.replaces.is_empty(), "its gate must not take the address for a later loss");
    assert!(fixture.state.memory.operations.is_empty(), "nothing was done");
}

#[test]
fn nothing_more_is_deleted_while_another_node_is_down_unless_that_is_lost_as_well() {
    let mut fixture = lost();
    fixture.begin();
    fixture.down("shop-dc1-r1-sts-1");
    assert!(fixture.codes(false).contains(&"RingNotWhole"));
    fixture.operations(
        r#"[{"id":"a","kind":"replaceNode","pods":["shop-dc1-r1-sts-2"]},{"id":"b","kind":"replaceNode","pods":["shop-dc1-r1-sts-1"]}]"#,
    );
    assert!(matches!(fixture.act(), Action::DeleteClaim { pod, .. } if pod == LOST));
}

#[test]
fn a_key_of_an_earlier_replacement_is_not_kept_because_another_node_got_the_address() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.state.replaces.insert(LOST.to_owned(), "10.0.0.1".to_owned());
    fixture.look();
    assert!(fixture.state.replaces.is_empty());
    fixture.state.replaces.insert(LOST.to_owned(), "10.0.0.1".to_owned());
    fixture.down("shop-dc1-r1-sts-0");
    fixture.state.host_ids.remove("shop-dc1-r1-sts-0");
    fixture.look();
    assert!(!fixture.state.replaces.is_empty(), "the lost node is still listed there");
}

/// A fourth node that is not asked for any more, and down for a long time.
fn dead() -> Fixture {
    let mut fixture = Fixture::of(&[&[4]]);
    fixture.ring.datacenters[0].racks[0].nodes = 3;
    fixture.operations(r#"[{"id":"a","kind":"removeNode","pods":["shop-dc1-r1-sts-3"]}]"#);
    fixture.down("shop-dc1-r1-sts-3");
    fixture.pod("shop-dc1-r1-sts-3").ready_since = fixture.seen.now - 600;
    fixture
}

#[test]
fn a_dead_node_is_removed_and_its_pod_and_claims_go_as_those_of_others() {
    let pod = "shop-dc1-r1-sts-3";
    let mut fixture = dead();
    fixture.begin();
    let Action::RemoveNode { host_id, asked, .. } = fixture.act() else { unreachable!("it is removed") };
    assert_eq!((host_id.as_str(), asked.as_str()), ("id-shop-dc1-r1-sts-3", "shop-dc1-r1-sts-0"));
    let uid = fixture.pod(&asked).uid.clone();
    let since = fixture.seen.now;
    fixture.state.memory.operations.get_mut("a").expect("it began").asked =
        Some(crate::record::Asked { pod: asked, uid, since });
    assert_eq!(fixture.codes(false)[0], "Removing");
    fixture.seen.now += 60;
    assert!(matches!(fixture.act(), Action::RemoveNode { .. }), "nobody heard of it");
    fixture.everywhere(pod, |it| it.status = Status::Leaving);
    assert_eq!(fixture.codes(false)[0], "Removing");
    fixture.seen.now += 600;
    assert!(matches!(fixture.act(), Action::RemoveNode { .. }), "who was asked may have forgotten it");
    for view in fixture.seen.views.values_mut().filter_map(|view| view.as_mut().ok()) {
        view.retain(|it| it.host_id.as_deref() != Some("id-shop-dc1-r1-sts-3"));
    }
    assert!(matches!(fixture.act(), Action::Scale { to: 3, why: ScaleReason::NodeLeft, .. }));
    assert!(!fixture.state.memory.operations["a"].is_open());
    fixture.set("shop-dc1-r1-sts").replicas = 3;
    let now = fixture.seen.now;
    (fixture.pod(pod).is_deleting, fixture.pod(pod).ends_by) = (true, Some(now));
    assert!(!matches!(fixture.look(), Decision::Act(_)), "its kubelet may still end it");
    fixture.seen.now += 60;
    assert!(matches!(fixture.act(), Action::DeletePod { at_once: true, .. }));
    fixture.remove(pod);
    assert!(matches!(fixture.act(), Action::DeleteClaim { pod: of, .. } if of == pod));
}

#[test]
fn no_node_is_removed_that_is_alive_or_asked_for_or_whose_replicas_would_not_fit() {
    let mut fixture = dead();
    fixture.up("shop-dc1-r1-sts-3");
    fixture.set("shop-dc1-r1-sts").template = Some("older".to_owned()); // the shrink itself waits
    assert!(format!("{:?}", fixture.look()).contains("NodeAlive"));
    let mut fixture = dead();
    fixture.ring.datacenters[0].racks[0].nodes = 4;
    assert!(format!("{:?}", fixture.look()).contains("StillWanted"));
    let mut fixture = dead();
    fixture.keyspace("shop", &[("dc1", 4)]);
    assert!(format!("{:?}", fixture.look()).contains("ReplicationTooHigh"));
    let mut fixture = dead();
    fixture.operations(r#"[{"id":"a","kind":"removeNode","hostId":"id-of-nobody"}]"#);
    assert!(format!("{:?}", fixture.look()).contains("NodeUnknown"));
}

#[test]
fn a_member_that_no_pod_has_is_removed_by_its_host_id() {
    let mut fixture = Fixture::of(&[&[4]]);
    let pod = "shop-dc1-r1-sts-3";
    fixture.down(pod);
    fixture.remove(pod);
    fixture.state.host_ids.remove(pod);
    fixture.ring.datacenters[0].racks[0].nodes = 3;
    fixture.set("shop-dc1-r1-sts").replicas = 3;
    fixture.seen.objects.claims.remove(&format!("server-data-{pod}"));
    assert!(format!("{:?}", fixture.look()).contains("Unready") || !matches!(fixture.look(), Decision::Act(_)));
    fixture.operations(r#"[{"id":"a","kind":"removeNode","hostId":"id-shop-dc1-r1-sts-3"}]"#);
    fixture.begin();
    assert!(matches!(fixture.act(), Action::RemoveNode { .. }));
    fixture.operations(r#"[{"id":"a","kind":"removeNode","hostId":"id-shop-dc1-r1-sts-3","suspend":true}]"#);
    assert!(format!("{:?}", fixture.look()).contains("OperationSuspended"));
}
