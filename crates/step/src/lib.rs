//! The program in the cluster: does what no manifest can say. What is decided, and in which order, is `cassc-settle`'s; here
//! are its calls on the real thing, and the command lines: the program's own and that of the plugin for `kubectl`.
//!
//! The modules stand in reading order, and each uses only those above it:
//!
//! 1. [`clock`], [`random`]: time that cannot jump, and passwords.
//! 2. [`log`]: lines for a human on a terminal, JSON otherwise.
//! 3. [`http`]: one request to a pod over a connection of its own, with mTLS where configured.
//! 4. [`management`]: the Management API, call by call.
//! 5. [`reaper`]: Reaper's REST interface; [`cql`]: what only CQL can say.
//! 6. [`kubernetes`]: the API server: what is found, and what is done with which preconditions.
//! 7. [`live`]: all of them together, as `cassc_settle` wants them.
//! 8. [`view`]: what is seen of a cluster, and how it looks.
//! 9. [`cli`]: `settle`, `status` and `reaper-schema`.
//! 10. [`plugin`]: `kubectl cassc`, which only looks.

mod clock;
mod random;

mod log;

mod http;

mod management;

mod reaper;

mod cql;

mod kubernetes;

pub mod live;

mod view;

mod cli;

mod plugin;

pub use cli::{Tried, run, run_tried};
pub use plugin::run as run_plugin;
