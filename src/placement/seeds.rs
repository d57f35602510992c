//! Which pods are seeds.

use super::order::{Position, start_order};

/// Three pods per datacenter: the first three of its start order, which stand in three racks where there are three.
pub fn seeds(nodes_of_racks: &[u32]) -> Vec<Position> {
    start_order(nodes_of_racks).into_iter().take(3).collect()
}
