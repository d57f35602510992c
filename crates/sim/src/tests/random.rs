//! Random histories.

use std::collections::BTreeMap;
use std::time::Instant;

use cassc_settle::guard::Guards;

use crate::generate::{Mix, history};
use crate::history::How;
use crate::outcome::Rest;
use crate::program::settling;

#[test]
fn survey() {
    let n: u64 = std::env::var("SIM_N").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let mut rests: BTreeMap<String, (u32, u64)> = BTreeMap::new();
    let (mut events, mut reads, begin) = (0, 0, Instant::now());
    for seed in 0..n {
        let history = history(seed, Mix::default());
        let outcome = history.run(&settling(Guards::ALL), &How::default());
        events += outcome.counters.events;
        reads += outcome.counters.reads;
        let key = match (&outcome.rest, outcome.violations.first()) {
            (_, Some(violation)) => format!("VIOLATION {}", violation.property),
            (Rest::Settled, _) => "settled".to_owned(),
            (Rest::Stuck(reasons), _) => format!(
                "stuck {}",
                reasons.iter().map(|it| it.split(' ').next().unwrap_or_default()).collect::<Vec<_>>().join(" ")
            ),
            (Rest::Nowhere, _) => "nowhere".to_owned(),
        };
        rests.entry(key).or_insert((0, seed)).0 += 1;
    }
    for (key, (n, seed)) in rests {
        println!("{n:>6} {key} (seed {seed})");
    }
    println!("{} histories, {:.2} s, {} events, {} reads", n, begin.elapsed().as_secs_f64(), events, reads);
}
