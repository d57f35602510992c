//! The client and the decisions of `cassc_settle` together, against the double.

mod any;

use cassc_ring::reaper::{Parallelism, Reaper, ReaperMode, Schedule, Scope};
use cassc_settle::cluster::Failure;
use cassc_settle::reaper::{Live, ReaperAct, Registration};
use cassc_settle::schedules::acts as reaper_acts;

use super::double::{Double, Entry, Model, RING, login};
use crate::management::Login;

const KEYSPACES: [(&str, &[&str]); 3] =
    [("shop", &["orders", "lines", "carts"]), ("users", &["people"]), ("empty", &[])];

fn reaper(mode: ReaperMode, schedules: Vec<Schedule>) -> Reaper {
    let seed_host = (mode == ReaperMode::Deployment).then(|| "shop-seed-service".to_owned());
    Reaper {
        mode,
        keyspace: Some("reaper_db".to_owned()),
        ui_secret: "shop-reaper-ui".to_owned(),
        generates_ui_secret: true,
        token_secret: "shop-reaper-token".to_owned(),
        role_secret: None,
        service: "shop-reaper-service".to_owned(),
        seed_host,
        written_by: None,
        schedules,
    }
}

/// Does what is decided until nothing is left but what Reaper refuses. The acts, and what was refused.
async fn settled(double: &Double, reaper: &Reaper, most: usize) -> (Vec<ReaperAct>, Vec<(String, Failure)>) {
    let (mut acts, mut refused) = (Vec::new(), Vec::<(String, Failure)>::new());
    let mut blocked = Vec::new();
    loop {
        let seen = double.api().seen(&login(), RING).await.expect("it answers");
        let needed = reaper_acts(reaper, &seen).unwrap_or_default();
        let next = needed.into_iter().find(|it| !blocked.contains(it));
        let Some(next) = next else { return (acts, refused) };
        assert!(acts.len() < most, "no end after {acts:?}");
        acts.push(next.act.clone());
        if let Err(failure) = double.api().act(&login(), RING, &next.act).await {
            blocked.push(next.clone());
            refused.push((next.about, failure));
        }
    }
}

/// What Reaper does to an adaptive schedule.
fn tuned(double: &Double) {
    let schedule = &mut double.model().schedules[0];
    (schedule.segments, schedule.timeout) = (76, 60);
}

/// Segments, timeout and days of the first schedule.
fn first(double: &Double) -> (i64, i64, i64) {
    let schedule = &double.model().schedules[0];
    (schedule.segments, schedule.timeout, schedule.days)
}

async fn ours(double: &Double) -> Vec<Live> {
    let seen = double.api().seen(&login(), RING).await.expect("it answers");
    seen.schedules.into_iter().filter(Live::is_ours).collect()
}

#[tokio::test]
async fn a_schedule_is_made_and_then_paused() {
    let double = Double::of(Model::new(&KEYSPACES)).await;
    let wanted = Schedule {
        tables: vec!["lines".to_owned(), "orders".to_owned()],
        datacenters: vec!["dc 1".to_owned()],
        intensity: 8765,
        scope: Scope::SubrangeIncremental,
        parallelism: Parallelism::Parallel,
        adaptive: true,
        percent_unrepaired: Some(10),
        paused: true,
        ..Schedule::of("shop")
    };
    let (acts, refused) = settled(&double, &reaper(ReaperMode::Sidecar, vec![wanted.clone()]), 5).await;
    assert_eq!((acts.len(), refused), (2, Vec::new()));
    assert_eq!(ours(&double).await[0].content, wanted);
}

#[tokio::test]
async fn a_first_run_counts_only_while_it_lies_ahead() {
    for (first, next) in
        [("2020-01-01T00:00:00Z", "2026-12-02T00:00:00Z"), ("2999-01-01T03:00:00Z", "2999-01-01T03:00:00Z")]
    {
        let double = Double::of(Model::new(&KEYSPACES)).await;
        let wanted = Schedule { first_run: Some(first.to_owned()), ..Schedule::of("shop") };
        let (_, refused) = settled(&double, &reaper(ReaperMode::Sidecar, vec![wanted]), 5).await;
        assert_eq!(refused, Vec::new());
        assert_eq!(ours(&double).await[0].next_run.as_deref(), Some(next));
    }
}

#[tokio::test]
async fn a_run_that_succeeded_is_told_with_its_schedule() {
    let double = Double::of(Model::new(&KEYSPACES)).await;
    settled(&double, &reaper(ReaperMode::Sidecar, vec![Schedule::of("shop")]), 5).await;
    let unit = double.model().schedules[0].unit();
    for end in ["2026-11-02T01:00:00Z", "2026-11-09T01:00:00Z", "2026-10-01T01:00:00Z"] {
        double.model().successes.push((unit.clone(), end.to_owned()));
    }
    assert_eq!(ours(&double).await[0].last_success.as_deref(), Some("2026-11-09T01:00:00Z"));
}

#[tokio::test]
async fn what_reaper_tunes_by_itself_is_left_alone() {
    let double = Double::of(Model::new(&KEYSPACES)).await;
    let wanted = Schedule { adaptive: true, ..Schedule::of("shop") };
    let declared = reaper(ReaperMode::Sidecar, vec![wanted.clone()]);
    settled(&double, &declared, 5).await;
    tuned(&double);
    assert_eq!(settled(&double, &declared, 0).await.0, Vec::new());
    let more = reaper(ReaperMode::Sidecar, vec![Schedule { every_days: 3, ..wanted.clone() }]);
    settled(&double, &more, 1).await;
    assert_eq!(first(&double), (76, 60, 3));
    let fixed = reaper(ReaperMode::Sidecar, vec![Schedule { adaptive: false, ..wanted }]);
    settled(&double, &fixed, 4).await;
    assert_eq!(first(&double), (64, 30, 7));
}

#[tokio::test]
async fn a_deployment_registers_the_ring_and_takes_it_over_from_sidecars() {
    for seed in [None, Some("127.0.0.1".to_owned())] {
        let double = Double::of(Model { seed, ..Model::new(&KEYSPACES) }).await;
        if double.model().seed.is_some() {
            settled(&double, &reaper(ReaperMode::Sidecar, vec![Schedule::of("shop")]), 5).await;
        }
        let (_, refused) = settled(&double, &reaper(ReaperMode::Deployment, vec![Schedule::of("shop")]), 5).await;
        assert_eq!(refused, Vec::new());
        assert_eq!(double.model().seed.as_deref(), Some("shop-seed-service"));
        assert_eq!(ours(&double).await.len(), 1);
    }
}

#[tokio::test]
async fn a_registration_with_schedules_of_others_stays() {
    let double = Double::of(Model::new(&KEYSPACES)).await;
    settled(&double, &reaper(ReaperMode::Sidecar, vec![Schedule::of("shop")]), 5).await;
    double.model().schedules[0].owner = "alice".to_owned();
    let seen = double.api().seen(&login(), RING).await.expect("it answers");
    assert_eq!(seen.registration, Registration::OfSidecars);
    let reason = reaper_acts(&reaper(ReaperMode::Deployment, Vec::new()), &seen).expect_err("nothing is done");
    assert_eq!(reason.code, "RegistrationKept");
    assert!(reason.message.contains("shop of alice (id-001)"), "{}", reason.message);
    // Reaper makes these again by itself.
    double.model().schedules[0].owner = "auto-scheduling".to_owned();
    let seen = double.api().seen(&login(), RING).await.expect("it answers");
    assert!(reaper_acts(&reaper(ReaperMode::Deployment, Vec::new()), &seen).is_ok());
}

#[tokio::test]
async fn an_interface_without_a_login_is_asked_without() {
    let double = Double::of(Model { entry: Entry::Open, ..Model::new(&KEYSPACES) }).await;
    assert!(double.api().seen(&login(), RING).await.is_ok());
}

#[tokio::test]
async fn a_session_of_3_8_gives_a_token() {
    let double = Double::of(Model { entry: Entry::Session, ..Model::new(&KEYSPACES) }).await;
    let (acts, refused) = settled(&double, &reaper(ReaperMode::Sidecar, vec![Schedule::of("shop")]), 5).await;
    assert_eq!((acts.len(), refused), (1, Vec::new()));
    assert_eq!(ours(&double).await.len(), 1);
}

#[tokio::test]
async fn a_wrong_login_is_told_without_the_password() {
    let of_3_8 = "Invalid credentials combination for user: reaper";
    for (entry, status, said) in [(Entry::Token, 401, "Invalid credentials"), (Entry::Session, 403, of_3_8)] {
        let double = Double::of(Model { entry, ..Model::new(&KEYSPACES) }).await;
        let wrong = Login { username: "reaper".to_owned(), password: "secret".to_owned() };
        let failure = double.api().seen(&wrong, RING).await.expect_err("it is refused");
        assert_eq!(failure, Failure::Refused { status, text: format!("it does not accept the login: {said}") });
    }
}

#[tokio::test]
async fn refusals_have_the_words_of_reaper() {
    let double = Double::of(Model::new(&KEYSPACES)).await;
    let declared = vec![
        Schedule::of("empty"),
        Schedule { tables: vec!["none".to_owned()], ..Schedule::of("shop") },
        Schedule::of("users"),
    ];
    let (_, refused) = settled(&double, &reaper(ReaperMode::Sidecar, declared), 5).await;
    let told = |text: &str| Failure::Refused { status: 404, text: text.to_owned() };
    let expected = [
        ("empty".to_owned(), told("no column families found for keyspace")),
        ("shop (only none)".to_owned(), told("keyspace doesn't contain a table")),
    ];
    assert_eq!(refused, expected);
    assert_eq!(ours(&double).await.len(), 1, "one that is refused holds up no other");
}
