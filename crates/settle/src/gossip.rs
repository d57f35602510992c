//! What the nodes that answered say of the ring, side by side. A node is judged by what everybody says; who says
//! nothing says nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::guard::{Guard, Guards};
use crate::look::Observed;
use crate::observed::{Endpoint, Status};

/// The views of the ring that count, by the pod that has them.
#[derive(Debug)]
pub struct Gossip<'o> {
    views: BTreeMap<&'o str, &'o [Endpoint]>,
    /// The views of nodes that left: they hear nothing any more, and speak for themselves alone.
    departed: BTreeMap<&'o str, &'o [Endpoint]>,
    /// The host ids of those, where nobody else can be asked: then their word about themselves counts.
    last: BTreeSet<&'o str>,
    silent: Vec<&'o str>,
    guards: Guards,
}

/// How a node stands in the ring, by everything that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Somebody lists it, and not as LEFT.
    Member,
    /// Another node says LEFT, and nobody says otherwise; or the last one says it of itself.
    Left,
    /// Nobody lists it.
    Unheard,
    /// Nobody answered who could know.
    Unknown,
}

impl<'o> Gossip<'o> {
    /// A view counts if it has the node that was asked in it, and that node has not left. `known` are the host ids of our pods' nodes.
    pub fn of(observed: &'o Observed, known: &BTreeMap<String, String>, guards: Guards) -> Self {
        let (mut views, mut departed, mut silent) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for (pod, view) in &observed.views {
            let whole = |view: &[Endpoint]| view.iter().any(|it| it.is_local && it.host_id.is_some());
            match view {
                Ok(view) if view.iter().any(|it| it.is_local && it.status == Status::Left) => {
                    departed.insert(pod.as_str(), view.as_slice());
                }
                Ok(view) if guards.hold(Guard::UnknownIsNotAbsent, || whole(view)) => {
                    views.insert(pod.as_str(), view.as_slice());
                }
                _ => silent.push(pod.as_str()),
            }
        }
        let all_asked = observed.objects.pods.keys().all(|pod| departed.contains_key(pod.as_str()));
        let ids: BTreeSet<&str> = departed.values().filter_map(|view| local_id(view)).collect();
        let are_all = all_asked && known.values().all(|known| ids.contains(known.as_str()));
        let last = if are_all { ids } else { BTreeSet::new() };
        Self { views, departed, last, silent, guards }
    }

    /// Pods that were asked and did not answer, or not completely.
    pub fn silent(&self) -> &[&'o str] {
        &self.silent
    }

    /// The pods that answered.
    pub fn answering(&self) -> impl Iterator<Item = &'o str> {
        self.views.keys().copied()
    }

    /// The node of a pod, as it says of itself.
    pub fn local(&self, pod: &str) -> Option<&'o Endpoint> {
        self.views.get(pod).or_else(|| self.departed.get(pod))?.iter().find(|endpoint| endpoint.is_local)
    }

    /// What each view says of a node.
    fn said_of(&self, host_id: &str) -> impl Iterator<Item = (&'o str, Option<&'o Endpoint>)> {
        self.views
            .iter()
            .map(move |(pod, view)| (*pod, view.iter().find(|endpoint| endpoint.host_id.as_deref() == Some(host_id))))
    }

    /// How a node stands. Its own word does not count: a node that is cut off may say anything of itself. Only where all that
    /// can be asked have left it does: LEFT is what a node says that has sent all its data.
    pub fn standing(&self, host_id: &str) -> Standing {
        let others = self.said_of(host_id).filter(|(_, said)| said.is_none_or(|endpoint| !endpoint.is_local));
        let said: Vec<Option<&Endpoint>> = others.map(|(_, said)| said).collect();
        let own = self.said_of(host_id).filter_map(|(_, said)| said.filter(|endpoint| endpoint.is_local));
        let own_is_member = own.map(|endpoint| &endpoint.status).any(|status| *status != Status::Left);
        let is_left = |said: Option<&Endpoint>| said.is_some_and(|it| it.status == Status::Left);
        if own_is_member || said.iter().any(|said| said.is_some_and(|it| it.status != Status::Left)) {
            Standing::Member
        } else if said.iter().copied().any(is_left) || self.last.contains(host_id) {
            Standing::Left
        } else if said.is_empty() {
            Standing::Unknown
        } else {
            Standing::Unheard
        }
    }

    /// Whether a node is no longer a member: LEFT for those who answer. Without [`Guard::UnknownIsNotAbsent`] also a
    /// node that nobody lists.
    pub fn has_left(&self, host_id: &str) -> bool {
        let standing = self.standing(host_id);
        let absent = matches!(standing, Standing::Unheard | Standing::Unknown);
        standing == Standing::Left || absent && self.guards.is_off(Guard::UnknownIsNotAbsent)
    }

    /// Whether a node that was seen LEFT before is still no member: LEFT, or not listed by anyone any more.
    pub fn is_gone(&self, host_id: &str) -> bool {
        matches!(self.standing(host_id), Standing::Left | Standing::Unheard) || self.has_left(host_id)
    }

    /// Every entry of every view that is not LEFT.
    fn members(&self) -> impl Iterator<Item = (&'o str, &'o Endpoint)> {
        let entries = self.views.iter().flat_map(|(pod, view)| view.iter().map(move |endpoint| (*pod, endpoint)));
        entries.filter(|(_, endpoint)| endpoint.status != Status::Left)
    }

    /// The host ids of members of a datacenter, as Cassandra calls it.
    pub fn members_of(&self, datacenter: &str) -> BTreeSet<&'o str> {
        let here = self.members().filter(|(_, it)| it.datacenter.as_deref() == Some(datacenter));
        here.filter_map(|(_, endpoint)| endpoint.host_id.as_deref()).collect()
    }

    /// The datacenters with members, as Cassandra calls them.
    pub fn datacenters(&self) -> BTreeSet<&'o str> {
        self.members().filter_map(|(_, endpoint)| endpoint.datacenter.as_deref()).collect()
    }

    /// Everything of a view that keeps the ring from being whole, the nodes `aside` left out: nodes that are down,
    /// join, leave or move, and members that a view does not list. `known` are the host ids that must be there.
    pub fn disturbances(&self, known: &BTreeSet<&str>, aside: &BTreeSet<&str>) -> BTreeSet<String> {
        let others = self.members().filter(|(_, it)| !is_among(aside, it));
        let mut found: BTreeSet<String> = others.filter_map(|(pod, endpoint)| disturbance(pod, endpoint)).collect();
        for host_id in known.difference(aside) {
            found.extend(self.said_of(host_id).filter_map(|(pod, said)| match said {
                None => Some(format!("{pod} does not list the node with host id {host_id}")),
                Some(it) if it.status == Status::Left => {
                    Some(format!("{pod} says that the node at {} left", it.address))
                }
                Some(_) => None,
            }));
        }
        found
    }

    /// Whether somebody joins, leaves or moves, other than the nodes `aside`.
    pub fn is_changing(&self, aside: &BTreeSet<&str>) -> bool {
        let mut others = self.members().filter(|(_, it)| !is_among(aside, it));
        others.any(|(_, it)| matches!(it.status, Status::Joining | Status::Leaving | Status::Moving))
    }

    /// Whether anybody says that a node leaves, or is being removed.
    pub fn is_leaving(&self, host_id: &str) -> bool {
        self.said_of(host_id).any(|(_, said)| said.is_some_and(|it| it.status == Status::Leaving))
    }

    /// The address of a node, where everybody who lists it says the same.
    pub fn address_of(&self, host_id: &str) -> Option<&'o str> {
        let said: BTreeSet<&str> = self.said_of(host_id).filter_map(|(_, said)| Some(said?.address.as_str())).collect();
        said.first().copied().filter(|_| said.len() == 1)
    }

    /// The datacenter of a node, as Cassandra calls it.
    pub fn datacenter_of(&self, host_id: &str) -> Option<&'o str> {
        self.said_of(host_id).find_map(|(_, said)| said?.datacenter.as_deref())
    }

    /// Whether all nodes that are up have one version of the schema. A version that is missing is no agreement.
    pub fn schema_agrees(&self) -> bool {
        let up = self.members().filter(|(_, endpoint)| endpoint.is_alive);
        let versions: BTreeSet<Option<&str>> = up.map(|(_, endpoint)| endpoint.schema.as_deref()).collect();
        versions.len() == 1 && !versions.contains(&None)
    }

    /// The versions of Cassandra that members run, as they say; what is missing or cannot be read is left out.
    pub fn releases(&self) -> BTreeSet<cassc_ring::release::Release> {
        let said = self.members().filter_map(|(_, endpoint)| endpoint.release.as_deref());
        said.filter_map(|release| release.split('-').next()?.parse().ok()).collect()
    }

    /// Whether a node is up and NORMAL for everybody who answers and lists it, and for somebody else than itself where
    /// anybody else answers.
    pub fn is_up(&self, host_id: &str) -> bool {
        let said: Vec<&Endpoint> = self.said_of(host_id).filter_map(|(_, said)| said).collect();
        !said.is_empty() && said.iter().all(|it| it.status == Status::Normal && it.is_alive)
    }

    /// Whether anybody lists a node as alive, however it stands.
    pub fn is_alive(&self, host_id: &str) -> bool {
        self.said_of(host_id).any(|(_, said)| said.is_some_and(|it| it.is_alive))
    }

    /// Whether anybody lists a node as joining, leaving, or anything else than NORMAL, at an address.
    pub fn is_joining_at(&self, address: &str) -> bool {
        self.members().any(|(_, it)| it.address == address && it.status == Status::Joining)
    }

    /// Whether anybody lists a member at an address.
    pub fn has_member_at(&self, address: &str) -> bool {
        !self.members_at(address).is_empty()
    }

    /// The host ids of the members that anybody lists at an address; `None` for one without.
    pub fn members_at(&self, address: &str) -> BTreeSet<Option<&'o str>> {
        let here = self.members().filter(|(_, it)| it.address == address);
        here.map(|(_, it)| it.host_id.as_deref()).collect()
    }

    /// Bytes of data on a node, as it says.
    pub fn load(&self, host_id: &str) -> Option<u64> {
        self.said_of(host_id).find_map(|(_, said)| said?.load)
    }

    /// The first entry of another cluster, with the name of that cluster.
    pub fn foreign(&self, cluster_name: &str) -> Option<(&'o str, &'o str)> {
        let named = self.members().filter_map(|(_, it)| Some((it.address.as_str(), it.cluster_name.as_deref()?)));
        named.into_iter().find(|(_, name)| *name != cluster_name)
    }

    /// Whether anybody answered.
    pub fn is_empty(&self) -> bool {
        self.views.is_empty()
    }
}

/// The host id of the node that was asked.
fn local_id(view: &[Endpoint]) -> Option<&str> {
    view.iter().find(|it| it.is_local)?.host_id.as_deref()
}

fn is_among(nodes: &BTreeSet<&str>, endpoint: &Endpoint) -> bool {
    endpoint.host_id.as_deref().is_some_and(|host_id| nodes.contains(host_id))
}

/// What keeps the ring from being whole in an entry of a view; `None` for a node that is up and NORMAL.
fn disturbance(pod: &str, endpoint: &Endpoint) -> Option<String> {
    let address = &endpoint.address;
    if endpoint.host_id.is_none() {
        return Some(format!("{pod} lists {address} without a host id"));
    }
    let what = match (&endpoint.status, endpoint.is_alive) {
        (Status::Normal, true) | (Status::Left, _) => return None,
        (Status::Normal, false) => "is down",
        (Status::Joining, _) => "joins",
        (Status::Leaving, _) => "leaves",
        (Status::Moving, _) => "moves",
        (Status::Other(status), _) => return Some(format!("the node at {address} is {status}")),
    };
    Some(format!("the node at {address} {what}"))
}
