//! The order in which pods start for the first time.

/// A pod by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The rack, from 0.
    pub rack: usize,
    /// The ordinal in the rack's StatefulSet, from 0.
    pub ordinal: u32,
}

/// The pods of a datacenter in the order of their first start: the first pod of each rack, then the second of each, …
pub fn start_order(nodes_of_racks: &[u32]) -> Vec<Position> {
    let most = nodes_of_racks.iter().copied().max().unwrap_or(0);
    let of_ordinal = |ordinal| {
        let racks = nodes_of_racks.iter().enumerate().filter(move |(_, nodes)| **nodes > ordinal);
        racks.map(move |(rack, _)| Position { rack, ordinal })
    };
    (0..most).flat_map(of_ordinal).collect()
}
