//! Datacenters of the ring in other Kubernetes clusters. Nodes of those that stand before one of ours leave and join first: two runs
//! that look at the ring at the same moment would both find it at rest, and both change it.

use cassc_ring::desired::Datacenter;

use crate::action::Reason;
use crate::situation::Situation;

/// Those with more nodes than they should have, when nodes of a datacenter are to leave.
pub(super) fn leaving_before(situation: &Situation<'_>, datacenter: &Datacenter) -> Vec<Reason> {
    before(situation, datacenter, |members, nodes| members > nodes, "leave")
}

/// Those with fewer nodes than they should have, when nodes of a datacenter are to join.
pub(super) fn joining_before(situation: &Situation<'_>, datacenter: &Datacenter) -> Vec<Reason> {
    before(situation, datacenter, |members, nodes| members < nodes, "join")
}

fn before(
    situation: &Situation<'_>,
    datacenter: &Datacenter,
    differs: impl Fn(usize, usize) -> bool,
    do_what: &str,
) -> Vec<Reason> {
    let before = situation.ring.datacenters.iter().take_while(|it| it.name != datacenter.name);
    let elsewhere = before.filter(|it| it.kube_cluster != situation.site.kube_cluster);
    let has_changes = |it: &&Datacenter| {
        let members = situation.gossip.members_of(&it.ring_name).len();
        differs(members, it.nodes() as usize)
    };
    let said = |it: &Datacenter| {
        let text = format!("nodes {do_what} {} first, in another Kubernetes cluster", it.name);
        Reason::about("OtherDatacenterFirst", &it.name, text)
    };
    elsewhere.filter(has_changes).map(said).collect()
}
