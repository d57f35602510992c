//! The one test binary of cassc: what comes out, compared with what stands in this folder, and judged by programs that
//! nobody here wrote. `UPDATE_GOLDEN=1 cargo test` rewrites the expected files; a reviewer reads what changed.
#![allow(clippy::disallowed_methods, clippy::panic, reason = "tests read files and fail")]

mod adopt;
mod architecture;
mod checker;
mod ci_step;
mod cli;
mod commands;
mod compare;
mod completions;
mod configuration;
mod defaults;
mod delivery;
mod deployed;
mod diagnostics;
mod doubtful;
mod formats;
mod gate;
mod hygiene;
mod images;
mod import;
mod invariants;
mod locks;
mod manifests;
mod merges;
mod monitoring;
mod mutations;
mod names;
mod network;
mod operations;
mod overrides;
#[cfg(unix)]
mod parallel;
mod planned;
mod plans;
#[cfg(unix)]
mod plugin;
mod pod_security;
mod pre_commit;
mod progress;
mod random;
mod readers;
mod real_tool;
mod reaper;
mod reasons;
mod reference;
mod render;
mod rendered;
mod schema;
mod simulation;
mod steps;
mod streams;
mod strict_schema;
mod transitions;
