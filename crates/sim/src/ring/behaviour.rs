//! What may differ between rings: sizes, delays, and what a release of Cassandra does. [`super::Ring`] is made with one.

use cassc_ring::release::Minor;
use cassc_settle::cluster::Time;

use super::rng::Rng;

/// How a simulated ring behaves. Ranges of seconds include both ends; every delay in one is drawn anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// Tokens per node. Small, so that a change of the ring moves ranges of some nodes only.
    pub vnodes: usize,
    /// Keys that are written in every keyspace with data. Each stands for a range of tokens of its own.
    pub keys: usize,
    /// Bytes of one key on one node.
    pub key_bytes: u64,
    /// Bytes that a node sends per second while it streams.
    pub stream_rate: u64,
    /// How long a change of a node's state takes until another node knows of it.
    pub gossip: (Time, Time),
    /// How long a schema change takes until another node knows of it.
    pub schema: (Time, Time),
    /// After how long another node takes a silent node for dead.
    pub detection: (Time, Time),
    /// From the start of the process until it decides what to do.
    pub boot: (Time, Time),
    /// How long a node waits between saying that it joins or leaves and streaming: Cassandra's `ring_delay_ms`, 30 s.
    pub ring_delay: Time,
    /// How long the job of a decommission goes on after gossip says LEFT: about 30 s.
    pub left_delay: Time,
    /// After how long a joining node that died is forgotten: about 30 s.
    pub forget_joining: Time,
    /// After how long another node forgets a node that left: three days, each peer by its own clock.
    pub left_expiry: (Time, Time),
    /// How long cleanup of one keyspace, a repair, or the rewriting of tables takes.
    pub compaction: (Time, Time),
    /// How long hints are kept for a node that is down: `max_hint_window`, 3 h.
    pub hint_window: Time,
    /// From a node's return until hints are sent to it: the dispatcher runs every 10 s.
    pub hint_delay: Time,
    /// After how long the Management API starts a Cassandra again that ended, 30 s; `None` where it does not.
    pub keep_alive: Option<Time>,
    /// How long a drained node still says that it is ready: seen for 45 s.
    pub drained_ready: Time,
    /// How often the client writes a key; `None`: only when [`super::Ring::write`] is called.
    pub write_every: Option<Time>,
    /// In how many of a hundred writes no more replicas take it than were asked for, without a hint for the others: all
    /// that Cassandra promises of an acknowledged write.
    pub bare_quorum: u32,
    /// Whether CASSANDRA-16290 is fixed: a decommission streams everything, also what an earlier one that failed had
    /// streamed.
    pub leaves_anew: bool,
    /// Whether CASSANDRA-16418 is half fixed: cleanup does not start while ranges are pending to the node. Nothing looks
    /// at it again later.
    pub cleanup_looks_first: bool,
    /// Whether a node that replaces another one says `hibernate` in gossip instead of `BOOT_REPLACE`.
    pub replacement_hides: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            vnodes: 4,
            keys: 48,
            key_bytes: 64 << 20,
            stream_rate: 32 << 20,
            gossip: (1, 4),
            schema: (1, 6),
            detection: (10, 20),
            boot: (8, 25),
            ring_delay: 30,
            left_delay: 30,
            forget_joining: 30,
            left_expiry: (3 * 86_400, 3 * 86_400 + 600),
            compaction: (5, 30),
            hint_window: 3 * 3_600,
            hint_delay: 10,
            keep_alive: Some(30),
            drained_ready: 45,
            write_every: Some(7),
            bare_quorum: 25,
            leaves_anew: false,
            cleanup_looks_first: false,
            replacement_hides: true,
        }
    }
}

impl Behaviour {
    /// A behaviour drawn at random: other delays, speeds and facts, within what real rings do.
    pub fn drawn(rng: &mut Rng) -> Self {
        let gossip = 1 + rng.between((0, 7));
        let boot = rng.between((5, 40));
        Self {
            stream_rate: (4 << 20) << rng.below(5),
            gossip: (1, gossip),
            schema: (1, 1 + rng.between((0, 25))),
            boot: (boot / 2, boot),
            left_expiry: if rng.chance(20) { (300, 900) } else { (3 * 86_400, 3 * 86_400 + 600) },
            compaction: (5, 5 + rng.between((0, 120))),
            keep_alive: Some(30).filter(|_| rng.chance(90)),
            bare_quorum: [0, 10, 25, 50][rng.below(4)],
            leaves_anew: rng.chance(50),
            cleanup_looks_first: rng.chance(50),
            replacement_hides: rng.chance(50),
            ..Self::default()
        }
    }
}

/// Whether this release refuses a replication that names a datacenter without nodes (4.0).
pub(super) fn refuses_unknown_datacenters(minor: Minor) -> bool {
    minor >= Minor::V4_0
}

/// Whether this release refuses to leave a datacenter with nodes out of the replication of `system_auth` (4.1).
pub(super) fn keeps_auth_everywhere(minor: Minor) -> bool {
    minor >= Minor::V4_1
}

/// Whether Cassandra of the first release line reads tables of the second: its own major version and the one before.
pub(super) fn reads(minor: Minor, tables: Minor) -> bool {
    tables <= minor && minor.major() - tables.major() <= 1
}
