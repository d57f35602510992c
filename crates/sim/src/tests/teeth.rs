//! The simulation finds what goes wrong without guards of the program, each within a thousand histories.
//!
//! Not in the table, because what another guard or the order of the steps does covers it, or no history is one for them so far:
//! `NodeHasLeft` (a record that a node left is only made when it has), `VolumeLost` (the gate does not start Cassandra on a
//! volume that was lost), `RevisionObserved` (the controller of StatefulSets is faster than a Job starts), `RaiseWhole` (replicas
//! are raised after growth, which waits for every node), `ForeignNodes` (a node of another cluster is a member that nobody knows),
//! `Recheck` and `Precondition` (their reason is not known yet), `NodeIsDead` (a node that is alive counts as come back, and its
//! replacement as not begun).

use std::sync::Mutex;

use cassc_settle::guard::Guard;

use crate::focus::Focus;
use crate::generate::Mix;
use crate::teeth::first_bite;

/// How many histories may be needed.
const MOST: u64 = 1000;

/// Guards that are taken away together; the histories that need them; a seed from which it is searched, not far before the one
/// that finds it; and properties that are not judged, so that the harm is found and not the rule.
type Mutation = (&'static [Guard], Focus, u64, &'static [&'static str]);

/// One guard each.
const SINGLE: [Mutation; 26] = [
    (&[Guard::ReplicationFits], Focus::Upgrades, 0, &[]),
    (&[Guard::OthersUp], Focus::Upgrades, 0, &[]),
    (&[Guard::LiveVersions], Focus::Upgrades, 10, &[]),
    (&[Guard::TablesLast], Focus::Upgrades, 0, &[]),
    (&[Guard::NoCleanupRuns], Focus::Growth, 40, &[]),
    (&[Guard::OneJoins], Focus::Growth, 0, &[]),
    (&[Guard::RingWhole], Focus::Hands, 40, &[]),
    (&[Guard::CleanupAlone], Focus::Hands, 120, &[]),
    (&[Guard::NothingReplicated], Focus::Datacenters, 0, &[]),
    (&[Guard::LeftBeforeLower], Focus::Datacenters, 0, &[]),
    (&[Guard::JobEnded], Focus::Datacenters, 0, &[]),
    (&[Guard::OneReplica], Focus::Datacenters, 0, &[]),
    (&[Guard::ClaimUnmounted], Focus::Datacenters, 0, &[]),
    (&[Guard::UnknownIsNotAbsent], Focus::Everything, 0, &[]),
    (&[Guard::TemplateApplied], Focus::Everything, 40, &[]),
    (&[Guard::IntentFirst], Focus::Answers, 220, &[]),
    (&[Guard::ReplicatedFirst], Focus::Copies, 0, &[]),
    (&[Guard::SourceHasData], Focus::Copies, 0, &[]),
    (&[Guard::LeftForAMinute], Focus::Failures, 10, &[]),
    (&[Guard::FailedOnce], Focus::Failures, 210, &[]),
    (&[Guard::SpaceSuffices], Focus::Space, 30, &[]),
    (&[Guard::ClaimCleared], Focus::Shrinks, 10, &[]),
    (&[Guard::Fence], Focus::Answers, 20, &[]),
    (&[Guard::OneContent], Focus::Operations, 20, &[]),
    (&[Guard::LostClaims], Focus::Operations, 50, &[]),
    (&[Guard::KubeletGone], Focus::Operations, 0, &[]),
];

/// Guards that cover each other: with any of them in its place the same history violates nothing.
const JOINT: [Mutation; 6] = [
    (&[Guard::VersionsAgree, Guard::SchemaAgrees], Focus::Upgrades, 0, &[]),
    (&[Guard::NotTwice, Guard::NoCleanupRuns], Focus::Datacenters, 0, &[]),
    (&[Guard::Lease, Guard::Fence], Focus::Instances, 0, &[]),
    (&[Guard::Lease, Guard::Fence, Guard::StateVersion], Focus::Instances, 20, &["P10"]),
    (&[Guard::OneAtATime, Guard::RingWhole], Focus::Hands, 40, &[]),
    (&[Guard::ByHostId, Guard::RingWhole], Focus::Hands, 80, &[]),
];

/// Those of some mutations that no history finds; on all cores.
fn unseen(mutations: &[Mutation], mix: Mix) -> Vec<String> {
    let next = Mutex::new(mutations.iter());
    let unseen = Mutex::new(Vec::new());
    let work = || {
        while let Some((guards, focus, from, unjudged)) = next.lock().ok().and_then(|mut next| next.next()) {
            let found = first_bite(guards, *from..MOST, &[*focus], mix, unjudged);
            if let (None, Ok(mut unseen)) = (found, unseen.lock()) {
                unseen.push(format!("{guards:?}"));
            }
        }
    };
    std::thread::scope(|scope| {
        let n_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..n_threads).for_each(|_| drop(scope.spawn(work)));
    });
    unseen.into_inner().expect("no thread fails")
}

#[test]
fn every_guard_of_the_table_is_missed() {
    let unseen = unseen(&SINGLE, Mix::default());
    assert!(unseen.is_empty(), "{MOST} histories do not miss {}", unseen.join(", "));
}

#[test]
fn guards_that_cover_each_other_are_missed_together() {
    let unseen = unseen(&JOINT, Mix::default());
    assert!(unseen.is_empty(), "{MOST} histories do not miss {}", unseen.join(", "));
}

/// Replicas in datacenters of others are met where every datacenter has a Kubernetes cluster of its own.
#[test]
fn replicas_of_other_kubernetes_clusters_are_missed() {
    let mix = Mix { kube_clusters: 100, ..Mix::default() };
    let unseen = unseen(&[(&[Guard::ForeignKept], Focus::Everything, 0, &[])], mix);
    assert!(unseen.is_empty(), "{MOST} histories do not miss {}", unseen.join(", "));
}
