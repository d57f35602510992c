//! What was found by letting several incidents happen at once.

use cassc_settle::guard::{Guard, Guards};

use super::row::Ends::Settled;
use super::row::Teeth::Without;
use super::row::{Row, row};
use super::scene::{Scene, pod};
use crate::commit::Trouble;
use crate::fault::{Fault, Whose, Wrong};
use crate::history::{History, How};
use crate::program::settling;
use crate::queue::MINUTE;
use crate::tests::fixture::{ring, with_template};

/// The rows.
pub(super) const ROWS: [Row; 1] = [row(
    101,
    "k8ssandra/cass-operator#748 together with Orange-OpenSource/casskop#384",
    "All nodes lost power, and two Management APIs kept every look waiting: a pod that had come up meanwhile was deleted because \
     it was down when the look began.",
    dead_management_apis_after_a_power_loss,
    Settled,
    Without(Guard::OthersUp),
)];

fn dead_management_apis_after_a_power_loss(seed: u64) -> History {
    let three = || ring(&[&[1, 1, 1]]);
    let scene = Scene::founded(seed, three(), &[("dc1", 3)]);
    let scene = scene.fault(60, Fault::PowerLoss { late: pod(1, 1, 0), by: 15 * MINUTE });
    let scene = scene.calls(10 + seed % 20, Whose::Pod(pod(1, 2, 0)), Wrong::Error, 100, 10);
    let scene = scene.calls(0, Whose::Pod(pod(1, 3, 0)), Wrong::RequestLost, 100, 10);
    scene.commit(5, with_template(three(), "two")).goes_on(25)
}

/// How many pods get a template that never runs, when it is committed while all nodes start after a power loss.
fn victims(seed: u64, guards: Guards) -> usize {
    let three = || ring(&[&[1, 1, 1]]);
    let scene = Scene::founded(seed, three(), &[("dc1", 3)]).broken("two", Trouble::Crash);
    let scene = scene.fault(900, Fault::PowerLoss { late: pod(1, 1, 0), by: MINUTE });
    let history = scene.commit(40 + seed * 5, with_template(three(), "two")).goes_on(40);
    let outcome = history.run(&settling(guards), &How { trace: true, ..How::default() });
    assert!(outcome.violations.is_empty(), "{:?}", outcome.violations);
    let pods = (1..=3).map(|rack| pod(1, rack, 0));
    let has_it = |pod: &String| {
        let line = outcome.trace.iter().rev().find(|line| line.contains(&format!("{pod}: Some(")));
        line.is_some_and(|line| line.contains("template Some(\"two\")"))
    };
    pods.filter(has_it).count()
}

#[test]
fn a_template_that_never_runs_takes_one_node_even_after_a_power_loss() {
    let most: Vec<usize> = (0..10).map(|seed| victims(seed, Guards::ALL)).collect();
    assert_eq!(most, [1; 10]);
    assert!((0..10).any(|seed| victims(seed, Guards::without(Guard::OthersUp)) > 1));
}
