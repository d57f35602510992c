//! What must hold after every event and at every act: the properties P1–P12 of operators' incidents as far as they can be seen
//! from outside, judged by what is true in the simulation, never by what anybody believes. What they say of data and of the
//! ring itself (P3, P5, P6, P12, and P7 while a cleanup runs) is judged by [`crate::ring`].
//!
//! What an act may rely on is a look at the world, and a look is never of now: gossip lags, and two calls are apart. So an act
//! that was right [`GRACE`] ago is no violation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use crate::commit::Commit;
use crate::kube::PodKey;
use crate::queue::{MINUTE, Ms, SECOND};

/// How old what an act relies on may be: failure detection (20 s), gossip (4 s), the look before the act and the calls in
/// between, each with its time-out.
pub const GRACE: Ms = 75 * SECOND;

/// A property that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Ms,
    /// Which: `P1` … `P12`, `L1` …
    pub property: &'static str,
    /// What happened, in one sentence.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {}.{:03} s: {}", self.property, self.at / 1000, self.at % 1000, self.text)
    }
}

/// A pod of any Kubernetes cluster.
pub(crate) type Anywhere = (usize, PodKey);

/// What was seen so far, and what of it was wrong.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    /// Everything that did not hold.
    pub violations: Vec<Violation>,
    /// Properties that are not judged.
    pub unjudged: &'static [&'static str],
    /// The commits that were applied, oldest first.
    pub commits: Vec<Rc<Commit>>,
    /// When each of them was applied.
    pub(crate) applied: Vec<Ms>,
    /// The pods whose nodes are members and do not serve, with the time since when.
    pub(crate) down: BTreeMap<Anywhere, Ms>,
    /// The pods whose nodes were down and serve again, with the time since when.
    pub(crate) back: BTreeMap<Anywhere, Ms>,
    /// The pods whose nodes were members when they were last seen, with their host ids.
    pub(crate) owners: BTreeMap<Anywhere, Owner>,
    /// Pods that the program evicted or deleted, by the UID that they had, until they are back.
    pub(crate) restarting: BTreeMap<Anywhere, u64>,
    /// When the program last had a node join or leave.
    pub(crate) changed: Option<Ms>,
    /// When somebody last had a node leave by hand.
    pub(crate) hand_changed: Option<Ms>,
    /// Whether a person replicated a keyspace to a datacenter that is not new, and so has to copy its data, too.
    pub(crate) copies_by_hand: bool,
    /// Whether a person took replicas of data away or added some where others were: without a repair, that may lose writes.
    pub(crate) replicates_unsafely: bool,
    /// When a person last set the replication of a keyspace.
    pub(crate) replicated: Option<Ms>,
    /// Whether Cassandra died between the end of its streams and the end of its decommission. Its Management API starts it
    /// again without the gate, and it takes its ranges back: nothing that the program does can prevent that.
    pub(crate) died_leaving: bool,
    /// Datacenters that had nodes and lost all of them: what joins there afterwards is new.
    pub(crate) emptied: BTreeSet<String>,
    /// Since when a node joins, leaves or is replaced.
    pub(crate) moving_since: Option<Ms>,
    /// How often a job was started on a pod's node: L2.
    pub(crate) starts: BTreeMap<(String, String), u32>,
}

/// The member that a pod's node is or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// Its host id.
    pub(crate) host_id: String,
    /// Whether it still owns tokens.
    pub(crate) owns: bool,
}

impl Checker {
    /// Remembers that something did not hold.
    pub(crate) fn blame(&mut self, at: Ms, property: &'static str, text: String) {
        if !self.unjudged.contains(&property) {
            self.violations.push(Violation { at, property, text });
        }
    }

    /// Whether the program had no node join or leave for so long that what moves moves by itself.
    pub(crate) fn is_quiet(&self, now: Ms) -> bool {
        self.changed.is_none_or(|changed| changed + 15 * MINUTE < now)
    }

    /// Whether somebody had a node leave by hand so recently that the program may not know.
    pub(crate) fn is_surprised(&self, now: Ms) -> bool {
        self.hand_changed.is_some_and(|changed| now < changed + GRACE)
    }

    /// The commits that an act may have been decided by: the last two, and those that were replaced not long before the last one.
    pub(crate) fn recent(&self) -> impl Iterator<Item = &Commit> {
        let last = self.applied.last().copied().unwrap_or_default();
        let in_time = self.applied.iter().rev().take_while(|applied| **applied + GRACE > last).count();
        self.commits.iter().rev().take(in_time + 1).map(Rc::as_ref)
    }

    /// Whether one of them stops the cluster.
    pub(crate) fn may_stop(&self) -> bool {
        self.recent().any(|commit| commit.ring.steps.as_ref().is_some_and(|steps| steps.stopped))
    }

    /// The largest number of nodes that any commit asks of a rack, and the smallest of the recent ones.
    pub(crate) fn asked(&self, set: &str) -> (u32, u32) {
        let of = |commit: &Commit| {
            let racks = commit.ring.datacenters.iter().flat_map(|it| &it.racks);
            racks.into_iter().find(|rack| rack.stateful_set == set).map_or(0, |rack| rack.nodes)
        };
        let most = self.commits.iter().map(|commit| of(commit)).max().unwrap_or(0);
        (most, self.recent().map(of).min().unwrap_or(0))
    }
}
