//! The order in which the pods of a ring start for the first time. Called by the resolver and by
//! [`crate::cluster::Datacenter::in_start_order`], which name the pods.

/// A pod of a datacenter by its place in the topology; both count from 0, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pod {
    /// The rack's position in its datacenter.
    pub rack: usize,
    /// The pod's ordinal in its rack.
    pub ordinal: u32,
}

/// The pods of one datacenter in start order; `racks` holds the number of nodes of each rack. Datacenters start one
/// after the other.
///
/// First the first pod of each rack, then the second of each, and so on: token allocation for a replication factor that
/// equals the number of racks needs one node in each rack first (apache/cassandra `ReplicationAwareTokenAllocator`;
/// seen on real rings). The first pod of all founds the ring.
///
/// The order of pods that exist does not change when racks get more nodes, when racks are appended and when datacenters
/// are appended. The *first* pod stays the first only while the first rack of the first datacenter has a node.
pub fn datacenter_order(racks: &[u32]) -> Vec<Pod> {
    let largest = racks.iter().copied().max().unwrap_or(0);
    let round = |ordinal| racks.iter().enumerate().filter(move |(_, size)| ordinal < **size).map(move |(rack, _)| rack);
    (0..largest).flat_map(|ordinal| round(ordinal).map(move |rack| Pod { rack, ordinal })).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every pod of a ring as datacenter, rack and ordinal.
    fn start_order(ring: &[Vec<u32>]) -> Vec<(usize, usize, u32)> {
        let pods = ring.iter().enumerate().flat_map(|(datacenter, racks)| {
            datacenter_order(racks).into_iter().map(move |pod| (datacenter, pod.rack, pod.ordinal))
        });
        pods.collect()
    }

    #[test]
    fn racks_take_turns_and_datacenters_do_not() {
        let expected = [(0, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (0, 0, 2), (1, 0, 0), (1, 0, 1)];
        assert_eq!(start_order(&[vec![3, 2], vec![2]]), expected);
    }

    #[test]
    fn empty_racks_and_datacenters_have_no_turn() {
        assert_eq!(start_order(&[vec![], vec![0, 1], vec![0]]), [(1, 1, 0)]);
        assert_eq!(start_order(&[]), []);
    }

    /// A ring of up to 3 datacenters with up to 4 racks of up to 5 nodes.
    fn ring() -> impl Strategy<Value = Vec<Vec<u32>>> {
        prop::collection::vec(prop::collection::vec(0_u32..6, 0..5), 0..4)
    }

    /// The ring after every rack got up to 3 nodes more, and racks and datacenters were appended.
    fn grown(before: &[Vec<u32>], more: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let size = |ring: &[Vec<u32>], datacenter: usize, rack: usize| {
            ring.get(datacenter).and_then(|racks| racks.get(rack)).copied().unwrap_or(0)
        };
        let n_racks =
            |datacenter| before.get(datacenter).map_or(0, Vec::len).max(more.get(datacenter).map_or(0, Vec::len));
        (0..before.len().max(more.len()))
            .map(|datacenter| {
                let sizes = |rack| size(before, datacenter, rack) + size(more, datacenter, rack);
                (0..n_racks(datacenter)).map(sizes).collect()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn growth_never_changes_the_order_of_existing_pods(before in ring(), more in ring()) {
            let old = start_order(&before);
            let mut new = start_order(&grown(&before, &more));
            new.retain(|pod| old.contains(pod));
            prop_assert_eq!(new, old);
        }

        #[test]
        fn every_pod_has_exactly_one_turn(ring in ring()) {
            let mut sorted = start_order(&ring);
            sorted.sort_unstable();
            let pods = ring.iter().enumerate().flat_map(|(datacenter, racks)| racks.iter().enumerate()
                .flat_map(move |(rack, size)| (0..*size).map(move |ordinal| (datacenter, rack, ordinal))));
            prop_assert_eq!(sorted, pods.collect::<Vec<_>>());
        }
    }
}
