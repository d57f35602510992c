use crate::generate::{Mix, history};
use crate::history::How;
use crate::program::settling;
use cassc_settle::guard::Guards;

#[test]
fn look() {
    let number = |name: &str, other: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(other);
    let tail = usize::try_from(number("SIM_TAIL", 60)).unwrap();
    let mut found = history(number("SIM_SEED", 0), Mix::default());
    let first = found.run(&settling(Guards::ALL), &How::default());
    println!("{found}\n{:?} {:?}", first.rest, first.violations);
    if let Some(failure) = crate::shrink::shrink(found.clone(), &settling(Guards::ALL)) {
        found = failure.history;
        println!("{found}");
    }
    let outcome = found.run(&settling(Guards::ALL), &How { trace: true, ..How::default() });
    for line in outcome.trace.iter().rev().take(tail).rev() {
        println!("{line}");
    }
    println!("{:?} {:?}", outcome.rest, outcome.violations);
}
