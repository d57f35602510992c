//! `FileTree` → the world: a directory per cluster that changes as a whole, or one YAML stream.
//! Called by the command line; several clusters may be written at the same time. The only room that writes files; what
//! stands there is compared, and the lock beside it handed in.

mod decision;
pub mod directory;
mod disk;
pub(crate) mod hold;
pub mod read;
pub(crate) mod removal;
pub(crate) mod stream;
#[cfg(test)]
mod tests;

/// What to do with files below a cluster's directory that are not as cassc wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Keep and report edited files and files that cassc did not write.
    KeepForeign,
    /// `--force`: edited files are overwritten, and the directory becomes exactly what is rendered. Every other file below it is removed.
    Force,
}
