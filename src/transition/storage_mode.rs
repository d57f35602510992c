//! `storage_compatibility_mode` of Cassandra 5.0: what formats a node writes. Called by the rules about it.

use super::effective::Effective;

/// The modes in the order in which a cluster passes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StorageMode {
    /// What 4.x can read.
    Cassandra4,
    /// The same until every node runs 5.0.
    Upgrading,
    /// The formats of 5.0.
    None,
}

impl StorageMode {
    /// The mode that a node of 5.0 runs with.
    pub(super) fn of(effective: &Effective) -> Self {
        match effective.text("storage_compatibility_mode").as_deref() {
            Some("UPGRADING") => Self::Upgrading,
            Some("NONE") => Self::None,
            _ => Self::Cassandra4,
        }
    }

    /// Cassandra's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Cassandra4 => "CASSANDRA_4",
            Self::Upgrading => "UPGRADING",
            Self::None => "NONE",
        }
    }
}
