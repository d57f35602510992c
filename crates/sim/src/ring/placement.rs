//! Which nodes hold a token: the arithmetic of `NetworkTopologyStrategy` and `SimpleStrategy`. Nothing here knows processes
//! or time.

/// The datacenter that stands for `SimpleStrategy`'s `replication_factor`: all nodes, without racks.
pub(super) const EVERYWHERE: usize = usize::MAX;

/// Replicas by datacenter.
pub(super) type Factors = Vec<(usize, usize)>;

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its datacenter.
    pub(super) datacenter: usize,
    /// Its rack; racks of different datacenters differ.
    pub(super) rack: usize,
}

/// A datacenter of a ring.
#[derive(Clone, Debug)]
struct Size {
    datacenter: usize,
    nodes: usize,
    racks: usize,
}

/// The tokens of a ring.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    /// Each token with the node that owns it, in order.
    owners: Vec<(u64, usize, Place)>,
    sizes: Vec<Size>,
}

/// What is still to be found in one datacenter.
struct Search {
    datacenter: usize,
    left: usize,
    repeats: usize,
    racks: Vec<usize>,
}

impl Tokens {
    /// A ring of these nodes: each with its place and its tokens.
    pub(super) fn new<'a>(nodes: impl Iterator<Item = (usize, Place, &'a [u64])>) -> Self {
        let mut ring = Self::default();
        let mut racks: Vec<usize> = Vec::new();
        for (node, place, tokens) in nodes {
            ring.owners.extend(tokens.iter().map(|token| (*token, node, place)));
            let is_new_rack = !racks.contains(&place.rack);
            racks.extend(is_new_rack.then_some(place.rack));
            ring.count(place.datacenter, usize::from(is_new_rack));
            ring.count(EVERYWHERE, 1);
        }
        ring.owners.sort_unstable_by_key(|(token, node, _)| (*token, *node));
        ring
    }

    fn count(&mut self, datacenter: usize, racks: usize) {
        match self.sizes.iter_mut().find(|size| size.datacenter == datacenter) {
            Some(size) => (size.nodes, size.racks) = (size.nodes + 1, size.racks + racks),
            None => self.sizes.push(Size { datacenter, nodes: 1, racks }),
        }
    }

    /// The nodes of a datacenter, or all.
    pub(super) fn nodes_in(&self, datacenter: usize) -> usize {
        self.sizes.iter().find(|size| size.datacenter == datacenter).map_or(0, |size| size.nodes)
    }

    /// The datacenters that have nodes.
    pub(super) fn datacenters(&self) -> impl Iterator<Item = usize> {
        self.sizes.iter().map(|size| size.datacenter).filter(|datacenter| *datacenter != EVERYWHERE)
    }

    /// Appends the nodes that hold a token: clockwise from it, in each datacenter one per rack first
    /// (`NetworkTopologyStrategy.DatacenterEndpoints`).
    pub(super) fn replicas(&self, factors: &Factors, token: u64, found: &mut Vec<usize>) {
        let mut searches: Vec<Search> = factors.iter().filter_map(|factor| self.search(*factor)).collect();
        let mut open = searches.len();
        let start = self.owners.partition_point(|(it, ..)| *it < token);
        let begin = found.len();
        for (_, node, place) in self.owners[start..].iter().chain(&self.owners[..start]) {
            if open == 0 {
                return;
            }
            for search in searches.iter_mut().filter(|search| search.left > 0 && search.looks_in(place.datacenter)) {
                if !found[begin..].contains(node) && search.takes(*node, *place) {
                    found.push(*node);
                    open -= usize::from(search.left == 0);
                }
            }
        }
    }

    fn search(&self, (datacenter, factor): (usize, usize)) -> Option<Search> {
        let size = self.sizes.iter().find(|size| size.datacenter == datacenter)?;
        let left = factor.min(size.nodes);
        let repeats = factor.saturating_sub(size.racks);
        (left > 0).then(|| Search { datacenter, left, repeats, racks: Vec::with_capacity(4) })
    }
}

impl Search {
    fn looks_in(&self, datacenter: usize) -> bool {
        self.datacenter == EVERYWHERE || self.datacenter == datacenter
    }

    /// Whether a node becomes a replica. `SimpleStrategy` takes each as a rack of its own.
    fn takes(&mut self, node: usize, place: Place) -> bool {
        let rack = if self.datacenter == EVERYWHERE { node } else { place.rack };
        if !self.racks.contains(&rack) {
            self.racks.push(rack);
        } else if self.repeats > 0 {
            self.repeats -= 1;
        } else {
            return false;
        }
        self.left -= 1;
        true
    }
}

/// How many of so many replicas are a quorum.
pub(super) fn quorum(replicas: usize) -> usize {
    replicas / 2 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes at 0, 10, 20, … in these racks of one datacenter.
    fn ring(racks: &[usize]) -> Tokens {
        let tokens: Vec<[u64; 1]> = (0..racks.len() as u64).map(|node| [node * 10]).collect();
        let place = |rack| Place { datacenter: 0, rack };
        Tokens::new(racks.iter().enumerate().map(|(node, rack)| (node, place(*rack), &tokens[node][..])))
    }

    fn replicas(ring: &Tokens, factors: &[(usize, usize)], token: u64) -> Vec<usize> {
        let mut found = Vec::new();
        ring.replicas(&factors.to_vec(), token, &mut found);
        found
    }

    #[test]
    fn one_replica_per_rack_comes_first() {
        let ring = ring(&[0, 0, 1, 1, 2, 2]);
        assert_eq!(replicas(&ring, &[(0, 3)], 1), [1, 2, 4]);
        assert_eq!(replicas(&ring, &[(0, 3)], 51), [0, 2, 4]);
        assert_eq!(replicas(&ring, &[(0, 4)], 1), [1, 2, 3, 4], "one repeat, since the fourth has no rack of its own");
        assert_eq!(replicas(&ring, &[(0, 9)], 1).len(), 6);
        assert_eq!(replicas(&ring, &[(EVERYWHERE, 3)], 1), [1, 2, 3]);
        assert_eq!(replicas(&ring, &[(1, 3)], 1), Vec::<usize>::new());
    }

    #[test]
    fn a_quorum_is_more_than_half() {
        assert_eq!([1, 2, 3, 4, 5].map(quorum), [1, 2, 2, 3, 3]);
    }
}
