//! Which pods are the ring's seeds. Called by the resolver, which turns them into stable DNS names.

use super::order::{Pod, datacenter_order};

/// How many seeds a datacenter has, where it has as many nodes: enough that one may be down and one restarting.
pub const SEEDS_PER_DATACENTER: usize = 3;

/// The seeds of the ring, datacenter by datacenter: the first three of each in start order.
///
/// The start order takes one pod of each rack before it takes a second of any, so the first three stand in three racks
/// where there are three, and are spread as evenly as they can be where there are fewer.
pub fn seeds(datacenters: &[Vec<u32>]) -> Vec<Pod> {
    let numbered = datacenters.iter().enumerate();
    numbered
        .flat_map(|(datacenter, racks)| datacenter_order(datacenter, racks).into_iter().take(SEEDS_PER_DATACENTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seeds_stand_in_different_racks_first() {
        let racks: Vec<_> =
            seeds(&[vec![3, 3, 3, 3], vec![2, 1]]).iter().map(|pod| (pod.datacenter, pod.rack)).collect();
        assert_eq!(racks, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 0)]);
    }

    proptest! {
        #[test]
        fn each_datacenter_has_three_seeds_in_three_racks_where_it_can(
            ring in prop::collection::vec(prop::collection::vec(0_u32..6, 0..6), 0..4)
        ) {
            let seeds = seeds(&ring);
            for (datacenter, racks) in ring.iter().enumerate() {
                let here: Vec<_> = seeds.iter().filter(|pod| pod.datacenter == datacenter).collect();
                let n_nodes = racks.iter().sum::<u32>() as usize;
                let n_racks = racks.iter().filter(|size| **size > 0).count();
                prop_assert_eq!(here.len(), n_nodes.min(3));
                prop_assert_eq!(here.iter().map(|pod| pod.rack).collect::<BTreeSet<_>>().len(), n_racks.min(3));
            }
        }
    }
}
