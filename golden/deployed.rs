//! What is deployed, as real repositories and directories tell it: `cassc::deployed` on scratch folders with the real
//! `git`. `golden/deployed/` holds what a user reads when it cannot be told, and when a cluster was deleted.

#[path = "deployed/complaints.rs"]
mod complaints;
#[path = "deployed/directories.rs"]
mod directories;
#[path = "deployed/history.rs"]
mod history;
#[path = "deployed/scratch.rs"]
pub(crate) mod scratch;
