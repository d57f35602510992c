//! What the program in the cluster decides and does. No network code, no Kubernetes client, no clock: all of these are
//! behind [`cluster::Cluster`], which `cassc-step` implements on the real thing and `cassc-sim` as a simulation.
//!
//! One loop: **observe** → **remember** → **decide** → observe once more → **do** one action → again. It may be killed at any
//! instruction, started twice, started late, and meet a newer or an older desired ring.
//!
//! The modules stand in reading order, and each uses only those above it:
//!
//! 1. [`guard`]: what must hold before something is done, one value each.
//! 2. [`observed`], [`reaper`], [`cluster`], [`look`]: what can be found, and what Reaper says and is asked for; the calls to Kubernetes, to
//!    the Management API of the pods and to Reaper, and what they answer; what one look found.
//! 3. [`record`], [`repairs`], [`state`]: what is remembered of operations and of Reaper, and all that is, in the ConfigMap
//!    `<cluster>-state`.
//! 4. [`action`]: what is decided, as values.
//! 5. [`gossip`], `keyspaces`, [`situation`], `deserted`, [`whole`]: what nodes say of the ring, side by side; which keyspaces are
//!    Cassandra's own; everything that a decision is made from; a Kubernetes cluster whose last node has left; what keeps the ring from
//!    being changed.
//! 6. [`schedules`], [`remember`], [`decide`], [`conditions`], [`story`]: what is to be done with Reaper's schedules; what a look adds to
//!    the state, the one act that comes next, and how both are told.
//! 7. `observe`, `perform`, `progress`: one look at the outside, one act on it, how far what takes long has come.
//! 8. [`mod@settle`]: the loop.

pub mod guard;

pub mod observed;

pub mod reaper;

pub mod cluster;

pub mod look;

pub mod record;

pub mod repairs;

pub mod state;

pub mod action;

pub mod gossip;

mod keyspaces;

pub mod situation;

mod deserted;

pub mod whole;

pub mod schedules;

pub mod remember;

pub mod decide;

pub mod conditions;
pub mod story;

mod observe;

mod perform;

mod progress;

pub mod settle;

#[cfg(test)]
mod tests;
