//! Any schedules that Reaper has, and any that are declared.

use std::collections::BTreeSet;

use cassc_ring::reaper::{Parallelism, ReaperMode, Schedule, Scope};
use cassc_settle::reaper::{Live, what};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::double::{Double, Model, Stored};
use super::{KEYSPACES, ours, reaper, settled};

fn names(all: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(all, 0..=all.len()).prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

/// A schedule that the compiler would let through.
fn declared() -> impl Strategy<Value = Schedule> {
    let unit = (0..3_usize, names(&["carts", "lines", "orders"]), any::<bool>(), names(&["dc1", "dc2"]), 0..3_u8);
    let rest =
        (1..5_u32, 1..=10_000_u32, 0..3_u8, 1..4_u32, 1..3_u32, (1..3_u32, any::<bool>(), any::<bool>(), 0..3_u32));
    (unit, rest).prop_map(|((keyspace, mut tables, excludes, datacenters, scope), rest)| {
        let (every_days, intensity, parallelism, segments_per_node, threads, rest) = rest;
        let (timeout, adaptive, paused, percent) = rest;
        let keyspace = KEYSPACES[keyspace].0;
        if keyspace != "shop" {
            tables.clear();
        }
        let scope = [Scope::Full, Scope::Incremental, Scope::SubrangeIncremental][usize::from(scope)];
        let all = [Parallelism::Sequential, Parallelism::Parallel, Parallelism::DatacenterAware];
        let is_full = scope == Scope::Full;
        let (tables, exclude_tables) =
            if excludes && tables.len() < 3 { (Vec::new(), tables) } else { (tables, Vec::new()) };
        Schedule {
            tables,
            exclude_tables,
            datacenters,
            every_days,
            intensity,
            parallelism: if is_full { all[usize::from(parallelism)] } else { Parallelism::Parallel },
            segments_per_node,
            threads,
            timeout_minutes: timeout * 15,
            scope,
            adaptive,
            percent_unrepaired: (!is_full && percent > 0).then_some(percent * 5),
            paused,
            ..Schedule::of(keyspace)
        }
    })
}

/// Schedules that are there: made as the compiler would have them, by anybody, some of them twice.
fn live() -> impl Strategy<Value = Vec<(Schedule, &'static str, bool)>> {
    let owner = prop_oneof![3 => Just("cassc"), 1 => Just("alice"), 1 => Just("auto-scheduling")];
    proptest::collection::vec((declared(), owner, any::<bool>()), 0..5)
}

fn stored(schedule: &Schedule, owner: &str) -> Stored {
    #[expect(clippy::cast_precision_loss, reason = "an intensity has four digits")]
    let intensity = schedule.intensity as f32 / 10_000.0;
    Stored {
        id: String::new(),
        owner: owner.to_owned(),
        is_active: !schedule.paused,
        keyspace: schedule.keyspace.clone(),
        tables: schedule.tables.clone(),
        exclude: schedule.exclude_tables.clone(),
        datacenters: schedule.datacenters.clone(),
        days: schedule.every_days.into(),
        intensity,
        parallelism: schedule.parallelism.name().to_owned(),
        segments: schedule.segments_per_node.into(),
        threads: schedule.threads.into(),
        timeout: schedule.timeout_minutes.into(),
        incremental: schedule.scope != Scope::Full,
        subrange: schedule.scope == Scope::SubrangeIncremental,
        adaptive: schedule.adaptive,
        threshold: schedule.percent_unrepaired.map_or(-1, i64::from),
        next: "2026-12-02T00:00:00Z".to_owned(),
    }
}

/// Whether what Reaper has of a declared schedule is what was declared; what it tunes by itself may differ.
fn is_as_declared(live: &Live, wanted: &Schedule) -> bool {
    let (segments_per_node, timeout_minutes) = if wanted.adaptive {
        (live.content.segments_per_node, live.content.timeout_minutes.max(wanted.timeout_minutes))
    } else {
        (wanted.segments_per_node, wanted.timeout_minutes)
    };
    live.content == Schedule { segments_per_node, timeout_minutes, ..wanted.clone() }
}

/// Any schedules that are there, and any that are declared: in a bounded number of acts all is as declared, or Reaper said why
/// not; nothing of others is touched; and then nothing more is done.
#[test]
fn every_list_becomes_what_is_declared() {
    let strategy = (live(), proptest::collection::vec(declared(), 0..5), any::<bool>());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 128, ..Config::default() });
    let outcome = runner.run(&strategy, |(live, mut declared, takes_over)| {
        // What the compiler would refuse: the same twice.
        let mut seen = BTreeSet::new();
        declared.retain(|it| seen.insert(what(it)));
        runtime.block_on(converges(&live, &declared, takes_over))
    });
    outcome.unwrap_or_else(|error| unreachable!("{error}"));
}

async fn converges(
    live: &[(Schedule, &'static str, bool)],
    declared: &[Schedule],
    takes_over: bool,
) -> Result<(), TestCaseError> {
    let seed = if takes_over { "127.0.0.1" } else { "shop-seed-service" }.to_owned();
    let mut model = Model { seed: Some(seed), ..Model::new(&KEYSPACES) };
    for (schedule, owner, twice) in live {
        model.plant(stored(schedule, owner));
        if *twice {
            model.plant(Stored { threads: 4, ..stored(schedule, owner) });
        }
    }
    let foreign = |model: &Model| -> Vec<Stored> {
        model.schedules.iter().filter(|it| it.owner == "alice" || !takes_over && it.owner != "cassc").cloned().collect()
    };
    let (before, count) = (foreign(&model), model.schedules.len());
    let double = Double::of(model).await;
    let wanted = reaper(ReaperMode::Deployment, declared.to_vec());
    let most = 2 + 2 * count + 5 * declared.len();
    let (_, refused) = settled(&double, &wanted, most).await;
    prop_assert_eq!(foreign(&double.model()), before.clone(), "nothing of others is touched");
    if takes_over && !before.is_empty() {
        prop_assert_eq!(double.model().schedules.len(), count, "nothing is lost");
        return Ok(());
    }
    let found = ours(&double).await;
    for schedule in declared {
        let of_it: Vec<&Live> = found.iter().filter(|it| what(&it.content) == what(schedule)).collect();
        let is_right = of_it.len() == 1 && is_as_declared(of_it[0], schedule);
        let is_refused = of_it.is_empty() && refused.iter().any(|(about, _)| *about == what(schedule));
        prop_assert!(is_right || is_refused, "{:?} became {:?}", schedule, of_it);
    }
    prop_assert!(found.iter().all(|it| declared.iter().any(|wanted| what(wanted) == what(&it.content))));
    let again = settled(&double, &wanted, 3 * refused.len()).await;
    prop_assert_eq!(again.0.is_empty(), refused.is_empty(), "only what was refused is tried again");
    prop_assert_eq!(foreign(&double.model()), before);
    Ok(())
}
