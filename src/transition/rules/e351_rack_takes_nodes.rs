//! E351: a new rack that takes nodes away from the others.

use cassc_ring::racks::split;
use cassc_wording::nodes;

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E351",
    name: "rack-takes-nodes",
    summary: "a rack is added with so little growth that another rack would lose nodes",
    explain: "\
`nodes` of a datacenter is split over its racks. With one rack more and too few nodes more, the share of the other racks gets
smaller: nodes with data would leave in the same change in which empty ones join. Cass Operator refuses it (\"add rack
without increasing size\").

Let the datacenter grow by so much that every rack keeps its nodes; the message says how many that are. To have fewer nodes
in the end, add the rack first and shrink in a later commit.",
};

pub(super) const FORCE: Force = Force::Never("more nodes now and fewer later does the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for pair in transition.datacenters().into_iter().filter(takes_nodes) {
        let needed = needed(&pair);
        let Pair { before, after } = pair;
        let new: Vec<&str> = after.racks.iter().map(|rack| rack.name.as_str()).collect();
        let Some(new) = new.into_iter().find(|name| before.rack(name).is_none()) else { continue };
        let Some(loser) =
            after.racks.iter().find(|rack| before.rack(&rack.name).is_some_and(|it| rack.nodes < it.nodes))
        else {
            continue;
        };
        let at = At::of(Scope::Rack(&after.name, &loser.name), "nodes", "nodes");
        let message = format!("the new rack `{new}` of `{}` would take nodes from `{}`", after.name, loser.name);
        let was = before.rack(&loser.name).map_or(0, |rack| rack.nodes);
        let label = format!("leaves {} for `{}`", nodes(loser.nodes), loser.name);
        let complaint = transition.refuse(&RULE, message, at, label, format!("`{}` had {}", loser.name, nodes(was)));
        let complaint = complaint.label(transition.now(At::name(Scope::Rack(&after.name, new)), "the new rack"));
        complaints.push(complaint.help(format!("every rack keeps its nodes with `nodes: {needed}`, or more")));
    }
}

/// Whether a datacenter gets a rack while one that it has loses nodes, and does not leave altogether.
pub(super) fn takes_nodes(Pair { before, after }: &Pair<'_, Datacenter>) -> bool {
    let is_new = after.racks.iter().any(|rack| rack.nodes > 0 && before.rack(&rack.name).is_none());
    is_new && after.racks.iter().any(|rack| before.rack(&rack.name).is_some_and(|before| rack.nodes < before.nodes))
}

/// The smallest number of nodes that leaves every rack what it has.
fn needed(Pair { before, after }: &Pair<'_, Datacenter>) -> u32 {
    let racks = u32::try_from(after.racks.len()).unwrap_or(u32::MAX);
    let has = |name: &str| before.rack(name).map_or(0, |rack| rack.nodes);
    let largest = after.racks.iter().map(|rack| has(&rack.name)).max().unwrap_or(0);
    let keeps =
        |nodes: &u32| split(*nodes, racks).iter().zip(&after.racks).all(|(nodes, rack)| *nodes >= has(&rack.name));
    let enough = largest.saturating_mul(racks);
    (enough.saturating_sub(racks)..enough).find(keeps).unwrap_or(enough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Rack;
    use crate::cluster::fixtures::shop;

    fn datacenter(nodes: &[u32]) -> Datacenter {
        let mut datacenter = shop().datacenters.remove(0);
        let rack = datacenter.racks.remove(0);
        let racks = nodes.iter().zip(["r1", "r2", "r3", "r4"]);
        datacenter.racks =
            racks.map(|(nodes, name)| Rack { name: name.to_owned(), nodes: *nodes, ..rack.clone() }).collect();
        datacenter
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
            let (before, after) = (datacenter(before), datacenter(&split(nodes, racks)));
            let pair = Pair { before: &before, after: &after };
            assert_eq!(takes_nodes(&pair).then(|| needed(&pair)), expected, "{nodes} nodes in {racks} racks");
        }
    }
}
