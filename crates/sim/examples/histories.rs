//! Runs random histories against the program in the cluster, and says how they ended.
//!
//! ```text
//! cargo run --release -p cassc-sim --example histories -- 1000000        seeds 0 to 999,999, on all cores
//! cargo run --release -p cassc-sim --example histories -- 1000 500       seeds 500 to 1,499
//! cargo run --release -p cassc-sim --example histories -- seed 4711      one of them, line by line
//! cargo run --release -p cassc-sim --example histories -- shrink 4711    the least of it that still fails
//! cargo run --release -p cassc-sim --example histories -- guards 100     each guard taken away: the first seed that finds it
//! … -- without Lease+Fence,NotTwice 100                                  the same of these alone, `+` takes several away at once
//!                                                                        (then `-P10` or `kubes`, see `guards`)
//! ```
//!
//! A word at the end says what histories have more of: `instances`, `upgrades`, `datacenters`, `space`, `hands`, `growth`,
//! `shrinks`, `answers`, `copies`, `failures`, `controllers`, `operations`. The exit status is 1 when something was violated.

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use cassc_settle::guard::{Guard, Guards};
use cassc_sim::focus::{FOCUSES, Focus};
use cassc_sim::generate::{Mix, history};
use cassc_sim::history::How;
use cassc_sim::outcome::{Outcome, Rest};
use cassc_sim::program::settling;
use cassc_sim::shrink::shrink;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |position: usize| arguments.get(position).and_then(|it| it.parse::<u64>().ok());
    let mix = Mix { focus: focus(&arguments), ..Mix::default() };
    match arguments.first().map(String::as_str) {
        Some("seed") => one(number(1).unwrap_or(0), mix),
        Some("guards") => guards(each_guard(), number(1).unwrap_or(100), &arguments),
        Some("without") => {
            guards(several(arguments.get(1).map_or("", String::as_str)), number(2).unwrap_or(100), &arguments)
        }
        Some("shrink") => least(number(1).unwrap_or(0), mix),
        _ => many(number(1).unwrap_or(0), number(0).unwrap_or(1000), mix),
    }
}

/// What histories are about, by its name.
fn focus(words: &[String]) -> Focus {
    let is_meant = |focus: &Focus| words.iter().any(|word| format!("{focus:?}").eq_ignore_ascii_case(word));
    FOCUSES.into_iter().find(is_meant).unwrap_or_default()
}

fn is_focus(word: &str) -> bool {
    FOCUSES.into_iter().any(|focus| format!("{focus:?}").eq_ignore_ascii_case(word))
}

fn one(seed: u64, mix: Mix) -> ExitCode {
    let history = history(seed, mix);
    let outcome = history.run(&settling(Guards::ALL), &How { trace: true, ..How::default() });
    println!("{}\n{history}\n{}", outcome.trace.join("\n"), told(&outcome));
    outcome.violations.iter().for_each(|violation| println!("{violation}"));
    ExitCode::from(u8::from(!outcome.violations.is_empty()))
}

fn least(seed: u64, mix: Mix) -> ExitCode {
    let program = settling(Guards::ALL);
    match shrink(history(seed, mix), &program) {
        None => println!("seed {seed} violates nothing"),
        Some(failure) => println!("{failure}"),
    }
    ExitCode::SUCCESS
}

/// Each guard by itself.
fn each_guard() -> Vec<Vec<Guard>> {
    Guard::EVERY.iter().map(|guard| vec![*guard]).collect()
}

/// Guards by their names: `+` between those that are taken away together, a comma between one try and the next.
fn several(text: &str) -> Vec<Vec<Guard>> {
    let guard = |name: &str| Guard::named(name).expect("each name is that of a guard");
    text.split(',').map(|one| one.split('+').map(guard).collect()).collect()
}

/// Takes guards away, and looks for a history that violates something without them and nothing with them. `-P10` at the
/// end leaves a property unjudged, `kubes` has every datacenter in a Kubernetes cluster of its own.
fn guards(mutations: Vec<Vec<Guard>>, count: u64, words: &[String]) -> ExitCode {
    let only = words.iter().any(|word| is_focus(word)).then(|| focus(words));
    let focuses = only.map_or(FOCUSES.to_vec(), |focus| vec![focus]);
    let unjudged: &[&str] = words.iter().find(|it| it.starts_with('-')).map_or(&[], |it| unjudged(&it[1..]));
    let kube_clusters = if words.iter().any(|word| word == "kubes") { 100 } else { 0 };
    let mix = Mix { kube_clusters, ..Mix::default() };
    let search = |guards: &[Guard]| cassc_sim::teeth::first_bite(guards, 0..count, &focuses, mix, unjudged);
    cassc_sim::teeth::first_bites(mutations, search, |guards, bite| {
        let names: Vec<String> = guards.iter().map(|guard| format!("{guard:?}")).collect();
        match bite {
            Some((focus, seed, wrong)) => println!("{}: {focus:?} {seed}, {wrong}", names.join("+")),
            None => println!("{}: not found", names.join("+")),
        }
    });
    ExitCode::SUCCESS
}

/// A property that is to be left unjudged.
fn unjudged(name: &str) -> &'static [&'static str] {
    const ALL: [&[&str]; 4] = [&["P1"], &["P4"], &["P10"], &["P11"]];
    ALL.into_iter().find(|all| all.contains(&name)).unwrap_or(&[])
}

fn many(from: u64, count: u64, mix: Mix) -> ExitCode {
    let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let begin = Instant::now();
    let part = |thread: u64| {
        let program = settling(Guards::ALL);
        let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for seed in (from + thread..from + count).step_by(usize::try_from(n_threads).unwrap_or(1)) {
            let outcome = history(seed, mix).run(&program, &How::default());
            found.entry(told(&outcome)).or_insert((0, seed)).0 += 1;
        }
        found
    };
    let parts = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || part(thread))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect::<Vec<_>>()
    });
    let mut all: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (key, (n, seed)) in parts.into_iter().flatten() {
        let entry = all.entry(key).or_insert((0, seed));
        *entry = (entry.0 + n, entry.1.min(seed));
    }
    all.iter().for_each(|(key, (n, seed))| println!("{n:>8} {key} (first seed {seed})"));
    println!("{count} histories in {:.1} s", begin.elapsed().as_secs_f64());
    ExitCode::from(u8::from(all.keys().any(|key| key.starts_with("violates"))))
}

/// How a run ended, in few words.
fn told(outcome: &Outcome) -> String {
    match (&outcome.rest, outcome.violations.first()) {
        (_, Some(violation)) => format!("violates {}: {}", violation.property, shape(&violation.text)),
        (Rest::Settled, _) => "settled".to_owned(),
        (Rest::Stuck(reasons), _) => {
            let codes = reasons.iter().filter_map(|reason| reason.split(' ').next());
            format!(
                "stuck: {}",
                codes.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
            )
        }
        (Rest::Nowhere, _) => "nowhere".to_owned(),
    }
}

/// A sentence without the names and numbers in it.
fn shape(text: &str) -> String {
    let words = text.split(' ').map(|word| if word.contains(|c: char| c.is_ascii_digit()) { "…" } else { word });
    words.take(14).collect::<Vec<_>>().join(" ")
}
