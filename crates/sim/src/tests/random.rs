//! Random histories, with every guard.

use std::sync::Mutex;

use cassc_settle::guard::Guards;

use crate::focus::{FOCUSES, Focus};
use crate::generate::{Mix, history};
use crate::history::How;
use crate::outcome::Rest;
use crate::program::settling;
use crate::shrink::shrink;

/// How many histories of each focus are run: 5,000 in all, some minute on two cores; `examples/histories.rs` runs more.
const COUNT: u64 = 385;

/// The first history of a part of all that violates one of these properties, made smaller.
fn first_failure(part: u64, parts: u64, is_meant: &(dyn Fn(&str) -> bool + Sync)) -> Option<String> {
    let program = settling(Guards::ALL);
    for seed in (part..COUNT).step_by(usize::try_from(parts).unwrap_or(1)) {
        for focus in FOCUSES {
            let history = history(seed, Mix { focus, ..Mix::default() });
            let outcome = history.run(&program, &How::default());
            if outcome.violations.first().is_some_and(|violation| is_meant(violation.property)) {
                let least = shrink(history, &program).map(|failure| failure.to_string());
                return Some(format!("{focus:?}, seed {seed}:\n{}", least.unwrap_or_default()));
            }
        }
    }
    None
}

/// What must never happen, whatever goes wrong and whenever: P1 to P12. The sequences that do not come to rest are told by
/// `examples/histories.rs`.
#[test]
fn no_history_loses_anything() {
    let parts = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for part in 0..parts {
            let failures = &failures;
            scope.spawn(move || {
                if let (Some(failure), Ok(mut all)) =
                    (first_failure(part, parts, &|property| !property.starts_with('L')), failures.lock())
                {
                    all.push(failure);
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no thread failed");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Nobody waits for an answer that cannot come, or for a node that has left: where every datacenter has a Kubernetes cluster of its own,
/// the last node of one leaves without anybody beside it. P7 is not judged: no program
/// sees the cleanup of another.
#[test]
fn without_faults_nobody_waits_for_a_node_that_is_not_there() {
    let program = settling(Guards::ALL);
    let mut settled = 0;
    for seed in 0..100 {
        for focus in [Focus::Datacenters, Focus::Copies, Focus::Shrinks] {
            let history = history(seed, Mix { focus, kube_clusters: 100, faults: 0, ..Mix::default() });
            let outcome = history.run(&program, &How { unjudged: &["P7"], ..How::default() });
            assert!(outcome.violations.is_empty(), "{focus:?}, {history}: {:?}", outcome.violations);
            let says = |reasons: &[String], codes: &[&str]| {
                reasons.iter().any(|reason| codes.iter().any(|code| reason.starts_with(code)))
            };
            match &outcome.rest {
                // A template that never runs, or what only a person can do.
                Rest::Stuck(reasons) if says(reasons, &["PodNeverReady", "PodNotReady"]) => {}
                Rest::Stuck(reasons) => {
                    assert!(
                        !says(reasons, &["NoAnswer", "JobRuns", "NodeStillListed"]),
                        "{focus:?}, {history}: {reasons:?}"
                    );
                }
                _ => settled += 1,
            }
        }
    }
    assert!(settled > 150, "{settled}");
}

#[test]
fn equal_seeds_give_equal_runs() {
    for seed in 0..20 {
        let run = || {
            let history = history(seed, Mix::default());
            let outcome = history.run(&settling(Guards::ALL), &How { trace: true, ..How::default() });
            (outcome.trace, outcome.counters, outcome.at)
        };
        assert_eq!(run(), run(), "seed {seed}");
    }
}
