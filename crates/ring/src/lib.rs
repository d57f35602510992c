//! What a Cassandra ring is, and what a change of it means. Shared by the compiler, which plans a change, and by the
//! program in the cluster, which carries it out. Values in, values out: no Kubernetes client, no YAML, no files, no clock.
//!
//! The modules stand in reading order, and each uses only those above it:
//!
//! 1. [`release`], [`limits`], [`names`], [`ring_names`], [`operation`], [`order`], [`quantity`], [`racks`], [`reaper`], [`seeds`]: versions,
//!    names, how large they may be, what a person asks for once, what is repaired when, and which pod is placed where and starts when.
//! 2. [`founding`]: whether a new ring may be founded.
//! 3. [`desired`]: the ring as the topology asks for it, the content of `ring.json`.
//! 4. [`change`]: two of them side by side: who joins, who leaves, who stays, what is replicated how often.
//! 5. [`facts`]: what is wrong with a change, for the rules that refuse it.
//! 6. [`step`], [`precedence`], [`actions`]: what is done for a change, in which order and under which guards.
//! 7. [`state`]: the keys of the ConfigMap in which the cluster remembers what happened.

pub mod limits;
pub mod names;
pub mod operation;
pub mod order;
pub mod quantity;
pub mod racks;
pub mod reaper;
pub mod release;
pub mod ring_names;
pub mod seeds;

pub mod founding;

pub mod desired;

pub mod change;

pub mod facts;

pub mod step;

pub mod precedence;

pub mod actions;

pub mod state;

pub use change::Change;
pub use desired::Ring;
