//! What a text may hold.

use crate::yaml;

/// The deepest nesting that is read. A topology with extra containers needs about 14.
pub(super) const DEEPEST: usize = 48;

/// What a text may hold. Far beyond what a topology needs, and little enough that rules which compare things with each
/// other, or repeat names, take no time worth a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The most entries of a map and elements of a list. The largest lists are those of racks and seeds.
    pub(super) entries: usize,
    /// The most documents of a text.
    pub(super) documents: usize,
    /// The most keys and values of a text. A cluster has some 60.
    pub(super) values: usize,
    /// The longest text, in bytes. The longest ones are scripts of extra containers.
    pub(super) text: usize,
    /// The longest key, in bytes.
    pub(super) key: usize,
}

impl Limits {
    /// Those of topologies.
    pub(super) const TOPOLOGY: Self =
        Self { entries: 5000, documents: 10_000, values: 400_000, text: 64 * 1024, key: yaml::LONGEST_KEY };
    /// None: for what cassc wrote itself.
    pub(super) const NONE: Self =
        Self { entries: usize::MAX, documents: usize::MAX, values: usize::MAX, text: usize::MAX, key: usize::MAX };
}
