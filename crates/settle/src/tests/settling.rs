//! What comes after the nodes are there.

use super::fixture::Fixture;
use crate::action::Action;
use crate::cluster::{NodeJob, Role};
use crate::observed::{Endpoint, Leftover, Secret};

#[test]
fn secrets_are_made_and_roles_follow_them() {
    let mut fixture = Fixture::of(&[&[1]]);
    fixture.ring.steps.as_mut().expect("steps").generates_superuser = true;
    fixture.seen.objects.secrets.clear();
    assert!(matches!(fixture.act(), Action::CreateSecret { name, .. } if name == "shop-superuser"));
    let secret = Secret { version: "2".to_owned(), is_complete: true };
    fixture.seen.objects.secrets.insert("shop-superuser".to_owned(), secret);
    assert!(matches!(fixture.act(), Action::PutRole { version, .. } if version == "2"));
    fixture.state.memory.roles.insert("shop-superuser".to_owned(), "2".to_owned());
    assert_eq!(fixture.look(), crate::action::Decision::Done(Vec::new()));
}

#[test]
fn the_default_role_is_locked_once_another_superuser_is_there() {
    let mut fixture = Fixture::of(&[&[1]]);
    let role = |name: &str| Role { name: name.to_owned(), superuser: true, login: true };
    fixture.state.memory.default_role_locked = false;
    fixture.seen.roles = Some(Ok(vec![role("cassandra"), role("admin")]));
    assert!(matches!(fixture.act(), Action::LockDefaultRole { .. }));
    fixture.seen.roles = Some(Ok(vec![role("cassandra")]));
    assert_eq!(fixture.look(), crate::action::Decision::Done(Vec::new()));
}

#[test]
fn replicas_are_raised_for_our_own_datacenters_and_repaired() {
    let mut fixture = Fixture::of(&[&[3]]);
    for view in fixture.seen.views.values_mut().flatten() {
        let node = Endpoint { host_id: Some("id-foreign".to_owned()), is_local: false, ..view[0].clone() };
        view.push(Endpoint { address: "10.1.0.1".to_owned(), datacenter: Some("elsewhere".to_owned()), ..node });
    }
    fixture.keyspace("system_auth", &[("dc1", 1), ("elsewhere", 2)]);
    let Action::Alter { keyspace, replication, raises, .. } = fixture.act() else { unreachable!("an alter comes") };
    assert_eq!((keyspace.as_str(), raises), ("system_auth", true));
    assert_eq!(replication.into_iter().collect::<Vec<_>>(), [("dc1".to_owned(), 3), ("elsewhere".to_owned(), 2)]);
    fixture.keyspace("system_auth", &[("dc1", 3), ("elsewhere", 2)]);
    let pod = "shop-dc1-r1-sts-0".to_owned();
    fixture.state.memory.needs_repair.insert("system_auth".to_owned(), [pod.clone()].into());
    let job = NodeJob::repair("system_auth".to_owned());
    assert_eq!(fixture.act(), Action::Start { host_id: format!("id-{pod}"), pod, job, operation: None });
}

#[test]
fn nothing_goes_as_unused_before_all_is_applied_that_may_use_it() {
    let mut fixture = Fixture::of(&[&[1, 1]]);
    let (kind, name, uid) = ("ConfigMap", "shop-dc1-config-0123abcd".to_owned(), "u".to_owned());
    let unused = Leftover { kind, name, uid, is_in_use: false };
    fixture.seen.objects.leftovers.push(unused.clone());
    assert_eq!(fixture.act(), Action::DeleteLeftover(unused.clone()));
    // A StatefulSet has the template of the commit before; or the new rack is not there yet.
    let template = fixture.ring.datacenters[0].racks[1].template.replace("t2".to_owned());
    assert!(matches!(fixture.look(), crate::action::Decision::Wait(_)));
    fixture.ring.datacenters[0].racks[1].template = template;
    let mut rack = fixture.ring.datacenters[0].racks[1].clone();
    rack.stateful_set = "shop-dc1-r3-sts".to_owned();
    fixture.ring.datacenters[0].racks.push(rack);
    assert_ne!(fixture.look(), crate::action::Decision::Act(Action::DeleteLeftover(unused)));
}

#[test]
fn tables_are_rewritten_after_an_upgrade() {
    let mut fixture = Fixture::of(&[&[1, 1]]);
    fixture.ring.version = "5.0.2".parse().expect("a version");
    for pod in ["shop-dc1-r1-sts-0", "shop-dc1-r2-sts-0"] {
        fixture.everywhere(pod, |it| it.release = Some("5.0.2".to_owned()));
    }
    assert!(matches!(fixture.act(), Action::Start { job: NodeJob::Tables { .. }, .. }));
}

#[test]
fn claims_grow_where_their_class_lets_them() {
    let mut fixture = Fixture::of(&[&[1]]);
    fixture.ring.datacenters[0].racks[0].expand_to = Some("1Ki".to_owned());
    assert!(matches!(fixture.act(), Action::ExpandClaim { size, .. } if size == "1Ki"));
    let claim = fixture.seen.objects.claims.values_mut().next().expect("a claim");
    claim.is_fixed = true;
    assert_eq!(fixture.codes(true), ["ClassDoesNotExpand"]);
    fixture.seen.objects.claims.values_mut().for_each(|claim| claim.requested = 1024);
    assert_eq!(fixture.codes(false), ["ClaimGrows"]);
}
