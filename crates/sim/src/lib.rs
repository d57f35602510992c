//! A simulated Kubernetes with a simulated Cassandra ring, for the program in the cluster: deterministic, seeded, in virtual
//! time, without network, clock or threads. The real decisions, loop and state handling of `cassc-settle` run against it,
//! and whatever they do is judged by what is true.
//!
//! The modules stand in reading order, and each uses only those above it:
//!
//! 1. [`ring`]: Cassandra: gossip, tokens, streaming, jobs, the Management API, and the oracle that knows what was written.
//! 2. [`chance`], [`queue`], [`trace`]: where choices come from, virtual time, and what happened.
//! 3. [`commit`], [`fault`], [`act`]: what is applied, what goes wrong, and what the program asks for, as values.
//! 4. [`kube`]: the objects of the API server, and what calls do to them.
//! 5. [`check`]: what was violated, and what must be remembered to judge that.
//! 6. [`world`]: everything together, driven by events: controllers, kubelets, the gate, the delivery tool.
//! 7. [`step`], [`simulation`], [`program`]: the calls of an instance of the program, the loop that runs its code, and that code.
//! 8. [`outcome`], [`history`], [`focus`], [`generate_faults`], [`generate_operations`], [`generate`], [`shrink`], [`teeth`],
//!    [`explore`]: how a run ended, what happens in it, what random ones are about, their faults, their operations, the random
//!    ones themselves, smaller ones that still fail, programs without a guard, and all of a small world.

pub mod ring;

pub mod chance;
pub mod queue;
pub mod trace;

pub mod act;
pub mod commit;
pub mod fault;

pub mod kube;

pub mod check;

pub mod world;

pub mod step;

pub mod simulation;

pub mod program;

pub mod outcome;

pub mod history;

pub mod focus;

pub mod generate_faults;

mod generate_operations;

pub mod generate;

pub mod shrink;

pub mod teeth;

pub mod explore;

#[cfg(test)]
mod tests;
