//! Reaper: its Secrets, its keyspace, and what is decided from what it says.

use std::collections::BTreeMap;

use cassc_ring::reaper::{OWNER, Reaper, ReaperMode, Schedule};

use super::fixture::Fixture;
use crate::action::{Action, Decision, Reason};
use crate::cluster::Failure;
use crate::conditions::conditions;
use crate::decide::{asks_reaper, decide};
use crate::observed::Secret;
use crate::reaper::{Live, ReaperAct, ReaperSeen, Registration};
use crate::repairs::{TroubleKind, trouble};
use crate::situation::{Site, Situation};

const NOW: u64 = 10_000;

fn schedule() -> Schedule {
    Schedule::of("shop")
}

fn live(content: Schedule) -> Live {
    let (id, owner) = ("id-1".to_owned(), OWNER.to_owned());
    Live {
        id,
        owner,
        content,
        nodes: Vec::new(),
        next_run: Some("2026-12-02T00:00:00Z".to_owned()),
        last_success: None,
    }
}

/// A settled ring with sidecars, whose Secrets and keyspace are there.
fn fixture() -> Fixture {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.seen.now = NOW;
    add_reaper(&mut fixture);
    fixture.keyspace("reaper_db", &[("dc1", 3)]);
    fixture
}

/// Reaper with sidecars, and its Secrets.
pub(super) fn add_reaper(fixture: &mut Fixture) {
    fixture.ring.steps.as_mut().expect("steps").reaper = Some(Reaper {
        mode: ReaperMode::Sidecar,
        keyspace: Some("reaper_db".to_owned()),
        ui_secret: "shop-reaper-ui".to_owned(),
        generates_ui_secret: true,
        token_secret: "shop-reaper-token".to_owned(),
        role_secret: Some("shop-reaper".to_owned()),
        service: "shop-reaper-service".to_owned(),
        seed_host: None,
        written_by: None,
        schedules: vec![schedule()],
    });
    for name in ["shop-reaper-ui", "shop-reaper-token", "shop-reaper"] {
        let secret = Secret { version: "1".to_owned(), is_complete: true };
        fixture.seen.objects.secrets.insert(name.to_owned(), secret);
    }
    fixture.state.memory.roles.insert("shop-reaper".to_owned(), "1".to_owned());
}

fn reaper(fixture: &mut Fixture) -> &mut Reaper {
    fixture.ring.steps.as_mut().expect("steps").reaper.as_mut().expect("Reaper")
}

fn says(fixture: &mut Fixture, registration: Registration, schedules: Vec<Live>) {
    fixture.seen.reaper = Some(Ok(ReaperSeen { registration, schedules }));
}

fn asked(fixture: &mut Fixture) -> ReaperAct {
    match fixture.act() {
        Action::Reaper { act, .. } => *act,
        other => unreachable!("not of Reaper: {other:?}"),
    }
}

/// What is decided, and the codes of why.
fn decided(fixture: &mut Fixture) -> (&'static str, Vec<&'static str>) {
    let codes = |reasons: Vec<Reason>| reasons.into_iter().map(|reason| reason.code).collect();
    match fixture.look() {
        Decision::Act(_) => ("act", Vec::new()),
        Decision::Wait(reasons) => ("wait", codes(reasons)),
        Decision::Done(reasons) => ("done", codes(reasons)),
        Decision::Refuse(reasons) => ("refuse", codes(reasons)),
    }
}

/// Reaper did not do what is needed now.
fn fails(fixture: &mut Fixture, failure: &Failure) {
    let Action::Reaper { about, act, .. } = fixture.act() else { unreachable!("it is asked") };
    let trouble = trouble(&act, failure, fixture.seen.now).expect("it is remembered");
    fixture.state.memory.reaper.get_or_insert_default().troubles.insert(about, trouble);
}

/// The condition `RepairsScheduled`: status, reason and message.
fn condition(fixture: &Fixture) -> Option<(bool, String, String)> {
    let site = Site { cluster: "shop".to_owned(), ..Site::default() };
    let situation = Situation::new(&site, &fixture.ring, &fixture.seen, &fixture.state, fixture.guards);
    let found = conditions(&situation, &decide(&situation)).remove("RepairsScheduled")?;
    Some((found.status, found.reason, found.message))
}

#[test]
fn its_secrets_are_made_first() {
    let mut fixture = fixture();
    fixture.seen.objects.secrets.retain(|name, _| !name.starts_with("shop-reaper"));
    for (expected, user) in [("shop-reaper-ui", "reaper"), ("shop-reaper-token", "token"), ("shop-reaper", "reaper")] {
        let Action::CreateSecret { name, username } = fixture.act() else { unreachable!("a Secret is made") };
        assert_eq!((name.as_str(), username.as_str()), (expected, user));
        let secret = Secret { version: "1".to_owned(), is_complete: true };
        fixture.seen.objects.secrets.insert(name, secret);
    }
    assert_eq!(decided(&mut fixture), ("done", Vec::new()));
}

#[test]
fn a_login_of_yours_and_a_role_of_another_kubernetes_cluster_are_not_made() {
    let mut fixture = fixture();
    fixture.seen.objects.secrets.retain(|name, _| !name.starts_with("shop-reaper") || name.ends_with("token"));
    reaper(&mut fixture).generates_ui_secret = false;
    reaper(&mut fixture).written_by = Some("west".to_owned());
    assert_eq!(decided(&mut fixture), ("wait", vec!["SecretMissing"]));
}

#[test]
fn another_password_of_its_role_is_set() {
    let mut fixture = fixture();
    let secret = Secret { version: "2".to_owned(), is_complete: true };
    fixture.seen.objects.secrets.insert("shop-reaper".to_owned(), secret);
    let Action::PutRole { role, version, .. } = fixture.act() else { unreachable!("the role is set") };
    assert_eq!((role.secret.as_str(), role.superuser, version.as_str()), ("shop-reaper", false, "2"));
}

#[test]
fn its_keyspace_follows_the_datacenters_once_it_is_there() {
    let mut fixture = fixture();
    fixture.keyspace("reaper_db", &[("dc1", 1)]);
    let Action::Alter { keyspace, raises: true, .. } = fixture.act() else { unreachable!("it is raised") };
    assert_eq!(keyspace, "reaper_db");
    fixture.keyspace("reaper_db", &[("dc1", 3)]);
    // A node leaves: it is lowered before, and not refused as that of a user.
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    fixture.keyspace("system_auth", &[("dc1", 2)]);
    fixture.keyspace("system_distributed", &[("dc1", 2)]);
    fixture.keyspace("system_traces", &[("dc1", 2)]);
    let Action::Alter { keyspace, raises: false, replication, .. } = fixture.act() else {
        unreachable!("it is lowered")
    };
    assert_eq!((keyspace.as_str(), replication), ("reaper_db", BTreeMap::from([("dc1".to_owned(), 2)])));
}

#[test]
fn it_is_looked_at_only_when_nothing_else_is_to_be_done_and_by_one_program() {
    let site = Site { cluster: "shop".to_owned(), ..Site::default() };
    let asks = |fixture: &Fixture| {
        asks_reaper(&Situation::new(&site, &fixture.ring, &fixture.seen, &fixture.state, fixture.guards))
    };
    let mut fixture = fixture();
    assert!(asks(&fixture));
    fixture.down("shop-dc1-r1-sts-1");
    fixture.keyspace("system_auth", &[("dc1", 1)]);
    assert!(!asks(&fixture), "it waits for a node");
    let mut fixture = self::fixture();
    fixture.ring.steps.as_mut().expect("steps").stopped = true;
    assert!(!asks(&fixture));
    let mut fixture = self::fixture();
    reaper(&mut fixture).written_by = Some("west".to_owned());
    assert!(!asks(&fixture));
}

#[test]
fn a_schedule_that_is_missing_is_made_and_one_that_differs_is_changed() {
    let mut fixture = fixture();
    says(&mut fixture, Registration::OfSidecars, Vec::new());
    assert_eq!(asked(&mut fixture), ReaperAct::Create { schedule: schedule() });
    let id = "id-1".to_owned();
    says(&mut fixture, Registration::OfSidecars, vec![live(Schedule { every_days: 3, ..schedule() })]);
    let patch = ReaperAct::Patch { id: id.clone(), schedule: schedule(), keeps_segments: false };
    assert_eq!(asked(&mut fixture), patch);
    says(&mut fixture, Registration::OfSidecars, vec![live(Schedule { threads: 3, ..schedule() })]);
    assert_eq!(asked(&mut fixture), ReaperAct::Pause { id: id.clone() });
    says(&mut fixture, Registration::OfSidecars, vec![live(Schedule { threads: 3, paused: true, ..schedule() })]);
    assert_eq!(asked(&mut fixture), ReaperAct::Delete { id: id.clone() });
    says(&mut fixture, Registration::OfSidecars, vec![live(Schedule { paused: true, ..schedule() })]);
    assert_eq!(asked(&mut fixture), ReaperAct::Resume { id });
    says(&mut fixture, Registration::OfSidecars, vec![live(schedule())]);
    assert_eq!(decided(&mut fixture), ("done", Vec::new()));
    assert!(condition(&fixture).expect("it is there").0);
    let told = fixture.state.memory.reaper.as_ref().expect("it is remembered");
    assert_eq!(told.schedules[0].next_run.as_deref(), Some("2026-12-02T00:00:00Z"));
}

#[test]
fn a_keyspace_without_tables_is_left_to_the_next_run() {
    let mut fixture = fixture();
    says(&mut fixture, Registration::OfSidecars, Vec::new());
    let text = "no column families found for keyspace".to_owned();
    fails(&mut fixture, &Failure::Refused { status: 404, text });
    assert_eq!(decided(&mut fixture), ("done", vec!["NothingToRepair"]));
    let (status, reason, message) = condition(&fixture).expect("it is there");
    assert_eq!((status, reason.as_str()), (false, "ReaperRefuses"));
    assert_eq!(message, "shop: no column families found for keyspace");
    fixture.seen.now = NOW + 600;
    assert_eq!(decided(&mut fixture).0, "act", "the next run tries again");
    fixture.seen.now = NOW - 600;
    assert_eq!(decided(&mut fixture).0, "act", "a clock that jumped holds nothing up");
}

#[test]
fn what_only_a_person_can_repair_is_refused_with_the_words_of_reaper() {
    for status in [204, 400, 409, 422] {
        let mut fixture = fixture();
        says(&mut fixture, Registration::OfSidecars, Vec::new());
        fails(&mut fixture, &Failure::Refused { status, text: "A repair schedule already exists".to_owned() });
        assert_eq!(decided(&mut fixture), ("refuse", vec!["ScheduleRefused"]), "{status}");
        reaper(&mut fixture).schedules[0].every_days = 3;
        assert_eq!(decided(&mut fixture).0, "act", "another schedule is tried at once");
    }
}

#[test]
fn what_passes_soon_is_waited_for_and_then_left_to_the_next_run() {
    let mut fixture = fixture();
    says(&mut fixture, Registration::OfSidecars, Vec::new());
    fails(&mut fixture, &Failure::Refused { status: 500, text: "Server Error".to_owned() });
    assert_eq!(decided(&mut fixture), ("wait", vec!["ReaperNotReady"]));
    fixture.seen.now = NOW + 60;
    assert_eq!(decided(&mut fixture).0, "act");
    let troubles = &mut fixture.state.memory.reaper.as_mut().expect("remembered").troubles;
    troubles.values_mut().for_each(|it| it.tried = NOW + 900);
    fixture.seen.now = NOW + 910;
    assert_eq!(decided(&mut fixture), ("done", vec!["ReaperNotReady"]));
    says(&mut fixture, Registration::OfSidecars, vec![live(schedule())]);
    assert_eq!(decided(&mut fixture), ("done", Vec::new()), "what is as declared after all is forgotten");
    assert!(fixture.state.memory.reaper.as_ref().expect("remembered").troubles.is_empty());
}

#[test]
fn a_reaper_that_is_silent_or_knows_no_ring_is_waited_for_during_a_quarter_of_an_hour() {
    let silent = Some(Err(Failure::Unknown("not connected".to_owned())));
    let unknown = Some(Ok(ReaperSeen { registration: Registration::Missing, schedules: Vec::new() }));
    for (seen, code) in [(silent, "ReaperSilent"), (unknown, "NotRegistered")] {
        let mut fixture = fixture();
        fixture.seen.reaper = seen;
        assert_eq!(decided(&mut fixture), ("wait", vec![code]));
        assert_eq!(condition(&fixture).expect("it is there").1, code);
        fixture.seen.now = NOW + 899;
        assert_eq!(decided(&mut fixture), ("wait", vec![code]));
        fixture.seen.now = NOW + 900;
        assert_eq!(decided(&mut fixture), ("done", vec![code]));
        says(&mut fixture, Registration::OfSidecars, vec![live(schedule())]);
        assert_eq!(decided(&mut fixture), ("done", Vec::new()));
        let remembered = fixture.state.memory.reaper.clone().expect("remembered");
        assert_eq!((remembered.silent_since, remembered.unknown_since), (None, None));
    }
}

#[test]
fn a_deployment_registers_the_ring_and_refusals_of_that_pass() {
    let mut fixture = fixture();
    reaper(&mut fixture).mode = ReaperMode::Deployment;
    reaper(&mut fixture).seed_host = Some("shop-seed-service".to_owned());
    says(&mut fixture, Registration::Missing, Vec::new());
    assert_eq!(asked(&mut fixture), ReaperAct::Register { seed_host: "shop-seed-service".to_owned() });
    fails(&mut fixture, &Failure::Refused { status: 400, text: "Failed connecting".to_owned() });
    assert_eq!(decided(&mut fixture), ("wait", vec!["ReaperNotReady"]));
    says(&mut fixture, Registration::OfSidecars, vec![live(schedule())]);
    assert_eq!(asked(&mut fixture), ReaperAct::Unregister);
}

#[test]
fn what_is_gone_already_is_no_trouble() {
    let act = ReaperAct::Delete { id: "id-1".to_owned() };
    let gone = Failure::Refused { status: 404, text: "not found".to_owned() };
    assert_eq!(trouble(&act, &gone, NOW), None);
    let active = Failure::Refused { status: 409, text: "currently running".to_owned() };
    assert_eq!(trouble(&act, &active, NOW).map(|it| it.kind), Some(TroubleKind::Soon));
}

#[test]
fn without_reaper_nothing_of_it_stays_in_the_state() {
    let mut fixture = fixture();
    says(&mut fixture, Registration::OfSidecars, vec![live(schedule())]);
    fixture.look();
    assert!(fixture.state.memory.reaper.is_some());
    fixture.ring.steps.as_mut().expect("steps").reaper = None;
    fixture.seen.reaper = None;
    fixture.look();
    assert_eq!((fixture.state.memory.reaper.clone(), condition(&fixture)), (None, None));
}
