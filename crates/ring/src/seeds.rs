//! Which pods are the seeds of a datacenter. Called by the resolver, which turns them into stable DNS names.

/// How many seeds a datacenter has, where it has as many nodes: enough that one may be down and one restarting.
pub const SEEDS_PER_DATACENTER: usize = 3;

/// The seeds of a datacenter: those that were seeds before and still exist, in their places, and the first others in
/// start order until there are three. Growth keeps them; only a seed that leaves is replaced.
///
/// The start order takes one pod of each rack before it takes a second of any, so the first three stand in three racks
/// where there are three, and are spread as evenly as they can be where there are fewer.
pub fn keep_seeds(before: &[String], in_start_order: &[String]) -> Vec<String> {
    let still_there = |seed: &String| in_start_order.contains(seed);
    let kept: Vec<&String> = before.iter().filter(|seed| still_there(seed)).take(SEEDS_PER_DATACENTER).collect();
    let mut new = in_start_order.iter().filter(|pod| !kept.contains(pod)).take(SEEDS_PER_DATACENTER - kept.len());
    let places = before.iter().take(SEEDS_PER_DATACENTER);
    let mut seeds: Vec<String> =
        places.filter_map(|seed| if still_there(seed) { Some(seed) } else { new.next() }).cloned().collect();
    seeds.extend(new.cloned());
    seeds
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::order::datacenter_order;
    use super::*;

    /// The pods of racks of these sizes in start order, as `rack-ordinal`.
    fn pods(racks: &[u32]) -> Vec<String> {
        datacenter_order(racks).iter().map(|pod| format!("{}-{}", pod.rack, pod.ordinal)).collect()
    }

    #[test]
    fn seeds_stand_in_different_racks_first() {
        assert_eq!(keep_seeds(&[], &pods(&[3, 3, 3, 3])), ["0-0", "1-0", "2-0"]);
        assert_eq!(keep_seeds(&[], &pods(&[2, 1])), ["0-0", "1-0", "0-1"]);
        assert_eq!(keep_seeds(&[], &pods(&[1])), ["0-0"]);
    }

    #[test]
    fn a_new_rack_takes_no_seed_away_and_a_seed_that_goes_is_replaced_in_its_place() {
        let two_racks = keep_seeds(&[], &pods(&[2, 1]));
        assert_eq!(keep_seeds(&two_racks, &pods(&[2, 1, 1])), two_racks);
        assert_eq!(keep_seeds(&two_racks, &pods(&[1, 1, 1])), ["0-0", "1-0", "2-0"]);
        assert_eq!(keep_seeds(&["1-5".into(), "0-0".into()], &pods(&[2, 2])), ["1-0", "0-0", "0-1"]);
    }

    proptest! {
        #[test]
        fn each_datacenter_has_three_seeds_in_three_racks_where_it_can(racks in prop::collection::vec(0_u32..6, 0..6)) {
            let seeds = keep_seeds(&[], &pods(&racks));
            let n_nodes = racks.iter().sum::<u32>() as usize;
            let n_racks = racks.iter().filter(|size| **size > 0).count();
            let in_racks: BTreeSet<&str> = seeds.iter().filter_map(|pod| pod.split('-').next()).collect();
            prop_assert_eq!(seeds.len(), n_nodes.min(3));
            prop_assert_eq!(in_racks.len(), n_racks.min(3));
        }

        #[test]
        fn whatever_changes_seeds_that_still_exist_stay_seeds(
            before in prop::collection::vec(0_u32..6, 1..6), after in prop::collection::vec(0_u32..6, 1..6)
        ) {
            let (old, there) = (keep_seeds(&[], &pods(&before)), pods(&after));
            let new = keep_seeds(&old, &there);
            prop_assert_eq!(new.len(), there.len().min(3));
            prop_assert!(old.iter().filter(|seed| there.contains(seed)).all(|seed| new.contains(seed)));
            prop_assert!(new.iter().all(|seed| there.contains(seed)));
            prop_assert_eq!(new.iter().collect::<BTreeSet<_>>().len(), new.len());
            prop_assert_eq!(keep_seeds(&new, &there), new);
        }
    }
}
