//! Small worlds, exhaustively.

use cassc_settle::cluster::Replication;
use cassc_settle::guard::{Guard, Guards};

use super::fixture::{commits, ring, with_template};
use crate::explore::{Bounds, explore};
use crate::fault::Fault;
use crate::history::History;
use crate::program::settling;
use crate::queue::MINUTE;
use crate::world::Op;

/// A ring of three with a second commit, two instances that carry it out side by side, and something that may happen at any of
/// their suspensions.
fn world(nodes: &[u32], second: cassc_ring::Ring, pending: Vec<Op>) -> History {
    let commits = commits(vec![ring(&[nodes]), second]);
    let replication = Replication::from([("dc1".to_owned(), 2)]);
    let mut history = History::new(0, "shop")
        .then(0, Op::Commit(commits[0].clone(), false))
        .then(900, Op::Replicate("orders".to_owned(), replication))
        .then(60, Op::Explore(pending))
        .then(0, Op::Commit(commits[1].clone(), false))
        .then(5, Op::Fault(Fault::SecondInstance { kube: 0 }));
    history.tail = 10 * MINUTE;
    history
}

/// One deviation in `cargo test`, at every place where it can be. `CASSC_DEVIATIONS=2 cargo test -p cassc-sim small` tries every two
/// of them, which takes hours; with `CASSC_STRIDE=7` the second one only at every seventh place.
#[allow(clippy::disallowed_methods, reason = "a test may be told to do more")]
fn bounds() -> Bounds {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let deviations = number("CASSC_DEVIATIONS").unwrap_or(1);
    Bounds { deviations, stride: number("CASSC_STRIDE").unwrap_or(1) }
}

/// Every kill and every long pause of either instance at every suspension, and a commit that is taken back at every one.
#[test]
fn two_instances_shrink_a_ring_of_three() {
    let back = commits(vec![ring(&[&[3]]), ring(&[&[2]]), ring(&[&[3]])]).remove(2);
    let history = world(&[3], ring(&[&[2]]), vec![Op::Commit(back, false)]);
    let explored = explore(&history, &settling(Guards::ALL), bounds());
    assert!(explored.choices > 100 && explored.runs > 300, "{explored:?}");
    assert_eq!(explored.failure, None, "{} runs", explored.runs);
}

#[test]
fn two_instances_restart_a_ring_of_three() {
    let dies = Op::Fault(Fault::CassandraDies { pod: "shop-dc1-r1-sts-0".to_owned() });
    let history = world(&[1, 1, 1], with_template(ring(&[&[1, 1, 1]]), "two"), vec![dies]);
    let explored = explore(&history, &settling(Guards::ALL), bounds());
    assert!(explored.choices > 100 && explored.runs > 300, "{explored:?}");
    assert_eq!(explored.failure, None, "{} runs", explored.runs);
}

/// A pause between the Lease and the act is found in any run, and not left to chance.
#[test]
fn without_a_fence_a_pause_lets_two_act() {
    let history = world(&[3], ring(&[&[2]]), Vec::new());
    let explored = explore(&history, &settling(Guards::without(Guard::Fence)), Bounds { deviations: 1, stride: 1 });
    let (_, violation) = explored.failure.expect("somebody acts without the Lease");
    assert_eq!(violation.property, "P10", "{violation}");
}
