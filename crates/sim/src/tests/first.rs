//! The program on a world where nothing goes wrong.

use cassc_ring::Ring;
use cassc_settle::cluster::Replication;
use cassc_settle::guard::Guards;

use super::fixture::{in_clusters, ring, story, with_template};
use crate::fault::Fault;
use crate::history::{History, How};
use crate::outcome::{Outcome, Rest};
use crate::program::settling;
use crate::world::Op;

/// Runs a history, and again with a trace where it ends in another way than expected.
fn run(history: &History) -> Outcome {
    history.run(&settling(Guards::ALL), &How { trace: true, ..How::default() })
}

fn settles(history: &History) -> Outcome {
    let outcome = run(history);
    assert!(
        outcome.rest == Rest::Settled,
        "{history}\n{}\n{:?}\n{:?}",
        outcome.trace.join("\n"),
        outcome.violations,
        outcome.rest
    );
    outcome
}

#[test]
fn a_new_ring_is_founded_and_settles() {
    settles(&story(1, vec![ring(&[&[1, 1, 1]])], 900));
}

#[test]
fn a_ring_shrinks() {
    settles(&story(1, vec![ring(&[&[2, 1, 1]]), ring(&[&[1, 1, 1]])], 1800));
}

/// A history in two Kubernetes clusters.
fn in_two(rings: Vec<Ring>) -> History {
    let kube_clusters = vec![Some("kube1".to_owned()), Some("kube2".to_owned())];
    History { kube_clusters, ..story(1, rings, 3000) }
}

/// How often a run of the program said that everything is done.
fn n_done(outcome: &Outcome) -> usize {
    outcome.trace.iter().filter(|line| line.ends_with("ends: Done")).count()
}

/// The last node of a Kubernetes cluster leaves; nobody can be asked there any more. Runs after that are done as well, also once the
/// topology does not have the datacenter any more.
#[test]
fn the_last_node_of_a_kubernetes_cluster_leaves() {
    let without = || in_clusters(&[&[1, 1, 1], &[0]]);
    settles(&in_two(vec![in_clusters(&[&[1, 1, 1], &[2]]), without()]));
    let history = in_two(vec![in_clusters(&[&[1, 1, 1], &[1]]), without()]);
    let again = history.clone().then(3000, Op::Fault(Fault::SecondInstance { kube: 1 }));
    let (once, twice) = (settles(&history), settles(&again));
    assert!(n_done(&twice) > n_done(&once));
    let later = with_template(without(), "two");
    settles(&in_two(vec![in_clusters(&[&[1, 1, 1], &[1]]), without(), later]));
    settles(&in_two(vec![in_clusters(&[&[1, 1, 1], &[1]]), without(), in_clusters(&[&[1, 1, 1]])]));
}

#[test]
fn a_kubernetes_cluster_without_nodes_gets_its_first_one() {
    let without = || in_clusters(&[&[1, 1, 1], &[0]]);
    settles(&in_two(vec![without()]));
    let with = || in_clusters(&[&[1, 1, 1], &[1]]);
    let both = Replication::from([("dc1".to_owned(), 3), ("dc2".to_owned(), 1)]);
    for rings in [vec![without(), with()], vec![with(), without(), with()]] {
        settles(&in_two(rings).then(900, Op::Replicate("orders".to_owned(), both.clone())));
    }
}
