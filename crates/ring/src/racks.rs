//! Nodes of a datacenter over its racks. Called by the checks and by the resolver.

/// How many nodes each rack gets: as many as the others, and the first racks one more where it does not come out even
/// (as Cass Operator pkg/reconciliation does, so that an adopted cluster keeps its sizes). Empty for no racks.
pub fn split(n_nodes: u32, n_racks: u32) -> Vec<u32> {
    (0..n_racks).map(|rack| n_nodes / n_racks + u32::from(rack < n_nodes % n_racks)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_racks_get_the_remainder() {
        assert_eq!(split(9, 3), [3, 3, 3]);
        assert_eq!(split(11, 3), [4, 4, 3]);
        assert_eq!(split(1, 3), [1, 0, 0]);
        assert_eq!(split(0, 2), [0, 0]);
        assert_eq!(split(4, 0), Vec::<u32>::new());
    }

    proptest! {
        #[test]
        fn every_node_is_placed_and_racks_differ_by_one_at_most(n_nodes in 0_u32..2000, n_racks in 1_u32..40) {
            let sizes = split(n_nodes, n_racks);
            prop_assert_eq!(sizes.iter().sum::<u32>(), n_nodes);
            prop_assert!(sizes.iter().max().unwrap_or(&0) - sizes.iter().min().unwrap_or(&0) <= 1);
        }

        #[test]
        fn growth_takes_a_node_from_no_rack(n_nodes in 0_u32..2000, n_new in 0_u32..100, n_racks in 1_u32..40) {
            let (before, after) = (split(n_nodes, n_racks), split(n_nodes + n_new, n_racks));
            prop_assert!(before.iter().zip(&after).all(|(before, after)| before <= after));
        }
    }
}
