//! x
/// x
pub fn split(nodes: u32, racks: u32) -> Vec<u32> {
    (0..racks).map(|i| nodes / racks + u32::from(i < nodes % racks)).collect()
}
