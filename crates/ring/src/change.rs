//! A ring as it is deployed beside the ring that is asked for: who joins, who leaves and in which order, who stays, and how
//! often the system keyspaces are replicated on the way. Asked by the rules, the plan and the program in the cluster.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{Datacenter, Rack, Ring};

/// A change of a ring. Without `before` the ring is new; without `after` its topology is gone, and nothing is asked of
/// its nodes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change<'r> {
    /// As it is deployed.
    pub before: Option<&'r Ring>,
    /// As it is asked for.
    pub after: Option<&'r Ring>,
}

/// One datacenter of a change; at least one side is there.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'r> {
    /// Its name in Kubernetes.
    pub name: &'r str,
    /// As it is deployed.
    pub before: Option<&'r Datacenter>,
    /// As it is asked for.
    pub after: Option<&'r Datacenter>,
}

impl<'r> Change<'r> {
    /// The datacenters in the order of the ring that is asked for, then those that are gone.
    pub fn datacenters(self) -> Vec<Pair<'r>> {
        let of = |ring: Option<&'r Ring>| ring.map_or(&[][..], |ring| &ring.datacenters);
        let (before, after) = (of(self.before), of(self.after));
        let find = |list: &'r [Datacenter], name: &str| list.iter().find(|datacenter| datacenter.name == name);
        let gone = before.iter().filter(|datacenter| find(after, &datacenter.name).is_none());
        let all = after.iter().chain(gone).map(|datacenter| datacenter.name.as_str());
        all.map(|name| Pair { name, before: find(before, name), after: find(after, name) }).collect()
    }

    /// Whether nodes join or leave anywhere.
    pub fn moves_nodes(self) -> bool {
        self.datacenters().into_iter().any(|pair| !pair.joining().is_empty() || !pair.leaving().is_empty())
    }

    /// Replicas of the system keyspaces that can be kept while nodes leave: those of before, where nodes stay for them.
    /// They are set before the first node leaves, because no node leaves while a keyspace has more replicas than there
    /// would be nodes.
    pub fn replicas_while_nodes_leave(self) -> BTreeMap<String, u32> {
        let mut fitting = replicas(self.before);
        for pair in self.datacenters() {
            let Some(datacenter) = pair.before else { continue };
            fitting.entry(datacenter.ring_name.clone()).and_modify(|number| *number = pair.staying().min(*number));
        }
        fitting.retain(|_, number| *number > 0);
        fitting
    }

    /// Replicas of the system keyspaces as they are deployed.
    pub fn replicas_before(self) -> BTreeMap<String, u32> {
        replicas(self.before)
    }

    /// Replicas of the system keyspaces as they are asked for.
    pub fn replicas_after(self) -> BTreeMap<String, u32> {
        replicas(self.after)
    }
}

fn replicas(ring: Option<&Ring>) -> BTreeMap<String, u32> {
    let replicas = ring.into_iter().flat_map(Ring::system_replicas);
    replicas.map(|(datacenter, number)| (datacenter.to_owned(), number)).collect()
}

impl<'r> Pair<'r> {
    /// The pods that are new, in the order in which they start.
    pub fn joining(self) -> Vec<String> {
        without(self.after, self.before)
    }

    /// The pods that go, in the order in which their nodes leave: the last in start order first, so that each is the
    /// last ordinal of its rack when its turn comes.
    pub fn leaving(self) -> Vec<String> {
        let mut leaving = without(self.before, self.after);
        leaving.reverse();
        leaving
    }

    /// How many nodes stay: so many there are when others have left and none has joined yet.
    pub fn staying(self) -> u32 {
        self.racks().into_iter().map(|(before, after)| before.nodes.min(after.nodes)).sum()
    }

    /// The pods that are there before and after, in start order.
    pub fn staying_pods(self) -> Vec<String> {
        let leaving: BTreeSet<String> = self.leaving().into_iter().collect();
        pods(self.before).into_iter().filter(|pod| !leaving.contains(pod)).collect()
    }

    /// The racks that are there before and after.
    pub fn racks(self) -> Vec<(&'r Rack, &'r Rack)> {
        let (Some(before), Some(after)) = (self.before, self.after) else { return Vec::new() };
        let pair = |rack: &'r Rack| Some((&before.racks[before.same_rack(rack)?], rack));
        after.racks.iter().filter_map(pair).collect()
    }

    /// Whether there were nodes before.
    pub fn had_nodes(self) -> bool {
        has_nodes(self.before)
    }

    /// Whether there will be nodes.
    pub fn has_nodes(self) -> bool {
        has_nodes(self.after)
    }

    /// Whether the datacenter is new to the ring: it gets its first nodes.
    pub fn is_new(self) -> bool {
        !self.had_nodes() && self.has_nodes()
    }
}

fn has_nodes(datacenter: Option<&Datacenter>) -> bool {
    datacenter.is_some_and(|datacenter| datacenter.nodes() > 0)
}

fn pods(datacenter: Option<&Datacenter>) -> Vec<String> {
    datacenter.map(Datacenter::pods_in_start_order).unwrap_or_default()
}

/// The pods of the one that the other does not have, in start order.
fn without(one: Option<&Datacenter>, other: Option<&Datacenter>) -> Vec<String> {
    let there: BTreeSet<String> = pods(other).into_iter().collect();
    pods(one).into_iter().filter(|pod| !there.contains(pod)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desired::fixtures::ring;

    fn change<'r>(before: &'r Ring, after: &'r Ring) -> Change<'r> {
        Change { before: Some(before), after: Some(after) }
    }

    #[test]
    fn the_last_to_start_is_the_first_to_leave() {
        let (before, after) = (ring(&[&[3, 2]]), ring(&[&[1, 1]]));
        let shrink = change(&before, &after).datacenters()[0];
        assert_eq!(shrink.leaving(), ["shop-dc1-r1-sts-2", "shop-dc1-r2-sts-1", "shop-dc1-r1-sts-1"]);
        assert_eq!((shrink.joining(), shrink.staying()), (Vec::new(), 2));
        assert_eq!(shrink.staying_pods(), ["shop-dc1-r1-sts-0", "shop-dc1-r2-sts-0"]);
    }

    #[test]
    fn a_new_ring_joins_as_a_whole_and_one_without_a_topology_leaves_as_a_whole() {
        let ring = ring(&[&[1], &[1]]);
        let new = Change { before: None, after: Some(&ring) };
        assert_eq!(new.datacenters().iter().map(|pair| pair.joining().len()).sum::<usize>(), 2);
        let gone = Change { before: Some(&ring), after: None };
        assert_eq!(gone.datacenters()[0].leaving(), ["shop-dc1-r1-sts-0"]);
        assert!(new.datacenters()[0].is_new() && !gone.datacenters()[0].has_nodes());
    }

    #[test]
    fn replicas_follow_the_nodes_that_stay() {
        let (before, after) = (ring(&[&[3, 3], &[2]]), ring(&[&[1, 1], &[0]]));
        let replicas = |of: BTreeMap<String, u32>| of.into_iter().collect::<Vec<_>>();
        let change = change(&before, &after);
        assert_eq!(replicas(change.replicas_before()), [("dc1".to_owned(), 3), ("dc2".to_owned(), 2)]);
        assert_eq!(replicas(change.replicas_while_nodes_leave()), [("dc1".to_owned(), 2)]);
        assert_eq!(replicas(change.replicas_after()), [("dc1".to_owned(), 2)]);
    }

    proptest! {
        #[test]
        fn every_pod_joins_leaves_or_stays(
            before in prop::collection::vec(0_u32..5, 1..4), after in prop::collection::vec(0_u32..5, 1..4)
        ) {
            let (before, after) = (ring(&[&before]), ring(&[&after]));
            let pair = change(&before, &after).datacenters()[0];
            let sorted = |pods: [Vec<String>; 2]| pods.concat().into_iter().collect::<BTreeSet<_>>();
            let all = |ring: &Ring| ring.datacenters[0].pods_in_start_order().into_iter().collect::<BTreeSet<_>>();
            prop_assert_eq!(sorted([pair.staying_pods(), pair.leaving()]), all(&before));
            prop_assert_eq!(sorted([pair.staying_pods(), pair.joining()]), all(&after));
            prop_assert_eq!(pair.staying() as usize, pair.staying_pods().len());
        }

        #[test]
        fn each_node_that_leaves_has_the_highest_ordinal_of_its_rack(
            before in prop::collection::vec(0_u32..5, 1..4), after in prop::collection::vec(0_u32..5, 1..4)
        ) {
            let (before, after) = (ring(&[&before]), ring(&[&after]));
            let mut there: BTreeSet<String> = before.datacenters[0].pods_in_start_order().into_iter().collect();
            for pod in change(&before, &after).datacenters()[0].leaving() {
                let (rack, ordinal) = pod.rsplit_once('-').expect("a pod has an ordinal");
                let next = format!("{rack}-{}", ordinal.parse::<u32>().expect("a number") + 1);
                prop_assert!(there.remove(&pod) && !there.contains(&next));
            }
        }
    }
}
