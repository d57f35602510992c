//! What is wrong with a change of a ring, as values: which rack is gone, which datacenter stands in another place, how many
//! nodes would be enough. The compiler turns each into a complaint at its line; the program in the cluster refuses what
//! reality makes wrong. Racks and datacenters are named by their positions in the ring that is said.

use crate::Change;
use crate::change::Pair;
use crate::desired::{Datacenter, Rack, Ring};
use crate::racks::split;
use crate::release::{MINORS, Minor, Release};

/// A rack or a datacenter that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Its position before.
    pub position: usize,
    /// The new one in its place, if there is one: perhaps it was renamed.
    pub instead: Option<usize>,
}

/// Something that stands where it must not: new things come last, and the others keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// Its position now.
    pub position: usize,
    /// Whether it is new.
    pub is_new: bool,
}

impl Misplaced {
    /// The position of what it stands before and must not.
    pub fn next(self) -> usize {
        self.position + 1
    }
}

/// A new rack with so few nodes more that another rack loses some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakesNodes {
    /// The new rack, now.
    pub rack: usize,
    /// The rack that loses nodes, now.
    pub loser: usize,
    /// The smallest number of nodes of the datacenter that leaves every rack what it has.
    pub needed: u32,
}

/// A rack whose number of nodes changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resized {
    /// The datacenter, now.
    pub datacenter: usize,
    /// The rack, now.
    pub rack: usize,
    /// Nodes before; 0 for a new rack.
    pub before: u32,
    /// Nodes now.
    pub after: u32,
}

/// A version that cannot follow the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadUpgrade {
    /// An older release line, which does not read what the newer one wrote.
    OlderLine,
    /// An older patch of the same line.
    OlderPatch,
    /// A major version is skipped; this line comes first.
    SkipsMajor {
        /// The newest line of the major version between.
        between: Minor,
    },
}

/// What is wrong with a change of version.
pub fn bad_upgrade(before: Release, after: Release) -> Option<BadUpgrade> {
    let next_major = before.minor.major() + 1;
    if after.minor < before.minor {
        Some(BadUpgrade::OlderLine)
    } else if after < before {
        Some(BadUpgrade::OlderPatch)
    } else if after.minor.major() > next_major {
        let between = MINORS.into_iter().rev().find(|minor| minor.major() == next_major)?;
        Some(BadUpgrade::SkipsMajor { between })
    } else {
        None
    }
}

/// The racks of a datacenter with nodes that are no longer there.
pub fn removed_racks(pair: Pair<'_>) -> Vec<Removed> {
    let (Some(before), Some(after)) = (pair.before, pair.after) else { return Vec::new() };
    if !pair.had_nodes() && !pair.has_nodes() {
        return Vec::new();
    }
    let is_new = |rack: &Rack| before.same_rack(rack).is_none();
    let gone = before.racks.iter().enumerate().filter(|(_, rack)| after.same_rack(rack).is_none());
    let instead = |position: usize| after.racks.get(position).filter(|rack| is_new(rack)).map(|_| position);
    gone.map(|(position, _)| Removed { position, instead: instead(position) }).collect()
}

/// The first rack of a datacenter with nodes that stands where it must not. With a rack less there is no order to speak
/// of: [`removed_racks`] reports it.
pub fn misplaced_rack(pair: Pair<'_>) -> Option<Misplaced> {
    let (before, after) = (pair.before?, pair.after?);
    if !(pair.had_nodes() || pair.has_nodes()) || !removed_racks(pair).is_empty() {
        return None;
    }
    misplaced(&ranks(before, after))
}

/// The racks of a datacenter in the order in which they should stand, as their positions now.
pub fn right_order_of_racks(pair: Pair<'_>) -> Vec<usize> {
    let (Some(before), Some(after)) = (pair.before, pair.after) else { return Vec::new() };
    right_order(&ranks(before, after))
}

fn ranks(before: &Datacenter, after: &Datacenter) -> Vec<Option<usize>> {
    after.racks.iter().map(|rack| before.same_rack(rack)).collect()
}

/// The datacenters that are no longer there.
pub fn removed_datacenters(before: &Ring, after: &Ring) -> Vec<Removed> {
    let is_new = |datacenter: &Datacenter| before.datacenter(&datacenter.name).is_none();
    let gone = before.datacenters.iter().enumerate().filter(|(_, it)| after.datacenter(&it.name).is_none());
    let instead = |position: usize| after.datacenters.get(position).filter(|it| is_new(it)).map(|_| position);
    gone.map(|(position, _)| Removed { position, instead: instead(position) }).collect()
}

/// The first datacenter that stands where it must not.
pub fn misplaced_datacenter(before: &Ring, after: &Ring) -> Option<Misplaced> {
    misplaced(&ranks_of_datacenters(before, after))
}

/// The datacenters in the order in which they should stand, as their positions now.
pub fn right_order_of_datacenters(before: &Ring, after: &Ring) -> Vec<usize> {
    right_order(&ranks_of_datacenters(before, after))
}

fn ranks_of_datacenters(before: &Ring, after: &Ring) -> Vec<Option<usize>> {
    let rank = |it: &Datacenter| before.datacenters.iter().position(|was| was.name == it.name);
    after.datacenters.iter().map(rank).collect()
}

/// The first thing that stands before one that was there and was not behind it. Each has its position of before; what is
/// new has none.
fn misplaced(ranks: &[Option<usize>]) -> Option<Misplaced> {
    let rank = |position: usize| ranks[position].unwrap_or(usize::MAX);
    let position = (1..ranks.len()).find(|next| rank(next - 1) > rank(*next))? - 1;
    Some(Misplaced { position, is_new: ranks[position].is_none() })
}

/// The order of before, and new things behind it.
fn right_order(ranks: &[Option<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by_key(|position| ranks[*position].unwrap_or(usize::MAX));
    order
}

/// A datacenter that gets its first nodes while another loses all: the names of both. A datacenter
/// with nodes that is replaced by another was renamed, and counts as neither.
pub fn exchanged_datacenters<'r>(before: &'r Ring, after: &'r Ring) -> Option<(&'r str, &'r str)> {
    let pairs = Change { before: Some(before), after: Some(after) }.datacenters();
    let there = |pair: &&Pair<'_>| pair.before.is_some() && pair.after.is_some();
    let new = pairs.iter().filter(|pair| pair.before.is_none() && pair.has_nodes());
    let grown = pairs.iter().filter(there).filter(|pair| pair.is_new());
    let comes = new.chain(grown).next()?;
    let removed = removed_datacenters(before, after).into_iter().filter_map(|removed| {
        let gone = &before.datacenters[removed.position];
        (gone.nodes() == 0 || removed.instead.is_none()).then_some(gone.name.as_str())
    });
    let emptied = pairs.iter().filter(there).filter(|pair| pair.had_nodes() && !pair.has_nodes()).map(|pair| pair.name);
    let goes = removed.chain(emptied).next()?;
    Some((comes.name, goes))
}

/// The first rack whose number of nodes changed.
pub fn first_resized_rack(before: &Ring, after: &Ring) -> Option<Resized> {
    after.datacenters.iter().enumerate().find_map(|(datacenter, now)| {
        let was = before.datacenter(&now.name);
        let nodes = |rack: &Rack| was.and_then(|was| Some(was.racks[was.same_rack(rack)?].nodes)).unwrap_or(0);
        let (rack, resized) = now.racks.iter().enumerate().find(|(_, rack)| nodes(rack) != rack.nodes)?;
        Some(Resized { datacenter, rack, before: nodes(resized), after: resized.nodes })
    })
}

/// The datacenters that fall below the deployed replication of the system keyspaces and do not leave altogether.
pub fn below_replication<'r>(before: &'r Ring, after: &'r Ring) -> Vec<Pair<'r>> {
    let nodes = |datacenter: Option<&Datacenter>| datacenter.map_or(0, Datacenter::nodes);
    let falls = |pair: &Pair<'_>| {
        let (was, now) = (nodes(pair.before), nodes(pair.after));
        (1..was).contains(&now) && now < before.system_replication
    };
    Change { before: Some(before), after: Some(after) }.datacenters().into_iter().filter(falls).collect()
}

/// The first rack of a datacenter that has fewer nodes than before.
pub fn shrunk_rack(pair: Pair<'_>) -> Option<usize> {
    let (before, after) = (pair.before?, pair.after?);
    after.racks.iter().position(|rack| before.same_rack(rack).is_some_and(|was| rack.nodes < before.racks[was].nodes))
}

/// A new rack of a datacenter that takes nodes from another rack, while the datacenter does not leave altogether.
pub fn takes_nodes(pair: Pair<'_>) -> Option<TakesNodes> {
    let (before, after) = (pair.before?, pair.after?);
    let is_new = |rack: &Rack| before.same_rack(rack).is_none();
    after.racks.iter().find(|rack| rack.nodes > 0 && is_new(rack))?;
    let rack = after.racks.iter().position(is_new)?;
    Some(TakesNodes { rack, loser: shrunk_rack(pair)?, needed: nodes_that_leave_every_rack_its_own(before, after) })
}

fn nodes_that_leave_every_rack_its_own(before: &Datacenter, after: &Datacenter) -> u32 {
    let racks = u32::try_from(after.racks.len()).unwrap_or(u32::MAX);
    let own = |rack: &Rack| before.same_rack(rack).map_or(0, |was| before.racks[was].nodes);
    let own: Vec<u32> = after.racks.iter().map(own).collect();
    let keeps = |nodes: &u32| split(*nodes, racks).iter().zip(&own).all(|(nodes, own)| nodes >= own);
    let enough = own.iter().copied().max().unwrap_or(0).saturating_mul(racks);
    (enough.saturating_sub(racks)..enough).find(keeps).unwrap_or(enough)
}

/// The pods of a datacenter that would be deleted although their nodes are members, in the order in which they would have
/// to leave. Empty where racks are gone, turned round or added too early: those facts are more specific.
pub fn deleted_members(pair: Pair<'_>) -> Vec<String> {
    let by_itself = removed_racks(pair).is_empty() && misplaced_rack(pair).is_none() && takes_nodes(pair).is_none();
    if by_itself && shrunk_rack(pair).is_some() { pair.leaving() } else { Vec::new() }
}

/// The smallest datacenter with nodes, where the replication of the system keyspaces falls although no datacenter
/// shrinks below the deployed one. The result is its position now.
pub fn lowers_replication(before: &Ring, after: &Ring) -> Option<usize> {
    if after.system_replication >= before.system_replication || !below_replication(before, after).is_empty() {
        return None;
    }
    let with_nodes = after.datacenters.iter().enumerate().filter(|(_, datacenter)| datacenter.nodes() > 0);
    with_nodes.min_by_key(|(_, datacenter)| datacenter.nodes()).map(|(position, _)| position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired::fixtures::{datacenter, ring};

    fn pair<'r>(before: &'r Datacenter, after: &'r Datacenter) -> Pair<'r> {
        Pair { name: "dc1", before: Some(before), after: Some(after) }
    }

    #[test]
    fn versions_go_forward_and_skip_no_major() {
        let fault = |before: &str, after: &str| {
            bad_upgrade(before.parse().expect("a version"), after.parse().expect("a version"))
        };
        assert_eq!(fault("4.1.9", "4.0.19"), Some(BadUpgrade::OlderLine));
        assert_eq!(fault("4.1.9", "4.1.8"), Some(BadUpgrade::OlderPatch));
        assert_eq!(fault("3.11.17", "5.0.1"), Some(BadUpgrade::SkipsMajor { between: Minor::V4_1 }));
        for (before, after) in [("4.1.9", "4.1.9"), ("4.0.1", "5.0.1"), ("3.11.17", "4.1.0")] {
            assert_eq!(fault(before, after), None, "{before} to {after}");
        }
    }

    #[test]
    fn only_the_end_of_a_list_takes_new_things() {
        let found = |ranks: &[Option<usize>]| misplaced(ranks).map(|it| (it.position, it.is_new));
        assert_eq!(found(&[Some(0), Some(1), Some(2), None, None]), None);
        assert_eq!(found(&[Some(0), Some(2)]), None);
        assert_eq!(found(&[Some(0), None, Some(1)]), Some((1, true)));
        assert_eq!(found(&[Some(0), Some(2), Some(1)]), Some((1, false)));
        assert_eq!(right_order(&[None, Some(2), Some(0)]), [2, 1, 0]);
    }

    #[test]
    fn a_rack_that_is_gone_may_have_been_renamed() {
        let (before, mut after) = (datacenter("dc1", &[1, 1]), datacenter("dc1", &[1, 1]));
        assert_eq!(removed_racks(pair(&before, &after)), []);
        after.racks[1].ring_name = "b".to_owned();
        after.racks[1].stateful_set = "shop-dc1-b-sts".to_owned();
        let removed = removed_racks(pair(&before, &after));
        assert_eq!(removed, [Removed { position: 1, instead: Some(1) }]);
        after.racks.pop();
        assert_eq!(removed_racks(pair(&before, &after)), [Removed { position: 1, instead: None }]);
        let empty = datacenter("dc1", &[0, 0]);
        assert_eq!(removed_racks(pair(&empty, &datacenter("dc1", &[0]))), []);
    }

    /// The first three are cases of cass-operator's `cassandradatacenter_webhook_test.go`; the numbers that it asks for
    /// are four and eight nodes more.
    #[test]
    fn a_new_rack_needs_so_many_nodes_that_no_other_one_loses_any() {
        let cases = [
            (&[5, 4][..], 11, 3, Some(13)),
            (&[5, 4][..], 16, 4, Some(17)),
            (&[1, 1, 1][..], 4, 4, None),
            (&[3, 3, 3][..], 10, 4, Some(11)),
            (&[2, 1][..], 3, 3, Some(4)),
        ];
        for (before, nodes, racks, expected) in cases {
            let (before, after) = (datacenter("dc1", before), datacenter("dc1", &split(nodes, racks)));
            let needed = takes_nodes(pair(&before, &after)).map(|fact| fact.needed);
            assert_eq!(needed, expected, "{nodes} nodes in {racks} racks");
        }
    }

    #[test]
    fn members_are_deleted_where_racks_shrink_and_nothing_else_is_wrong() {
        let (before, after) = (datacenter("dc1", &[2, 1]), datacenter("dc1", &[1, 1]));
        assert_eq!(deleted_members(pair(&before, &after)), ["shop-dc1-r1-sts-1"]);
        assert_eq!(deleted_members(pair(&before, &datacenter("dc1", &[1, 1, 1]))), Vec::<String>::new());
    }

    #[test]
    fn a_datacenter_may_not_come_while_another_goes() {
        let exchanged = |before: &[&[u32]], after: &[&[u32]]| {
            let (before, after) = (ring(before), ring(after));
            exchanged_datacenters(&before, &after).map(|(comes, goes)| format!("{comes} {goes}"))
        };
        assert_eq!(exchanged(&[&[3], &[0]], &[&[0], &[3]]).as_deref(), Some("dc2 dc1"));
        assert_eq!(exchanged(&[&[3]], &[&[3], &[3]]), None);
        assert_eq!(exchanged(&[&[3], &[3]], &[&[3], &[0]]), None);
    }

    #[test]
    fn replication_falls_with_nodes_or_with_a_small_new_datacenter() {
        let (before, shrunk) = (ring(&[&[3]]), ring(&[&[2]]));
        assert_eq!(below_replication(&before, &shrunk).iter().map(|pair| pair.name).collect::<Vec<_>>(), ["dc1"]);
        let mut after = ring(&[&[3], &[1]]);
        assert_eq!(lowers_replication(&before, &after), None);
        after.system_replication = 1;
        assert_eq!(lowers_replication(&before, &after), Some(1));
    }
}
