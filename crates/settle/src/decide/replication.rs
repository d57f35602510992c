//! Replicas of Cassandra's own keyspaces and of Reaper's, once that exists: down before nodes leave, up when all have joined. Only
//! the entries of our own datacenters change; what stands there for others stays, until their last node has left.

use std::collections::BTreeMap;

use cassc_ring::desired::Datacenter;
use cassc_ring::release::Minor;

use super::Next;
use crate::action::{Action, Reason};
use crate::cluster::Replication;
use crate::guard::Guard;
use crate::keyspaces::SYSTEM_KEYSPACES;
use crate::situation::Situation;
use crate::whole::Aside;

/// The key of `SimpleStrategy`.
pub(super) const SIMPLE: &str = "replication_factor";

pub(super) fn next(situation: &Situation<'_>) -> Next {
    if situation.is_deserted() {
        return Next::Nothing; // the entries are taken away where nodes are left
    }
    let keyspaces = match keyspaces(situation) {
        Ok(keyspaces) => keyspaces,
        Err(next) => return next,
    };
    for keyspace in SYSTEM_KEYSPACES.into_iter().chain(situation.reaper_keyspace()) {
        let Some(now) = keyspaces.get(keyspace) else { continue };
        let wanted = wanted(situation, now);
        if wanted == *now {
            continue;
        }
        let raises = wanted.iter().any(|(name, number)| now.get(name).is_none_or(|now| number > now));
        let reasons = situation.not_ready_to_change(&Aside::nothing());
        let reasons = if raises && situation.is_off(Guard::RaiseWhole) { Vec::new() } else { reasons };
        return alter(situation, keyspace, wanted, raises, reasons);
    }
    Next::Nothing
}

/// What such a keyspace is to have.
fn wanted(situation: &Situation<'_>, now: &Replication) -> Replication {
    let mut wanted = now.clone();
    if let Some(simple) = wanted.remove(SIMPLE) {
        for name in situation.gossip.datacenters() {
            let nodes = u32::try_from(situation.gossip.members_of(name).len()).unwrap_or(u32::MAX);
            wanted.insert(name.to_owned(), simple.min(nodes));
        }
    }
    if !situation.is_off(Guard::ForeignKept) {
        wanted.retain(|name, _| !is_over(situation, name));
        for datacenter in situation.datacenters() {
            own(situation, datacenter, &mut wanted);
        }
        return wanted;
    }
    wanted.clear();
    situation.datacenters().for_each(|datacenter| own(situation, datacenter, &mut wanted));
    wanted
}

/// Whether a datacenter of another Kubernetes cluster has no nodes any more, and none are asked for. Its own program could not take
/// its entries away: `system_auth` keeps one until the last node has left. Cassandra 4.0 and later refuses any change that names it.
fn is_over(situation: &Situation<'_>, name: &str) -> bool {
    let asked = situation.ring.datacenters.iter().find(|it| it.ring_name == name);
    let is_asked_for = match asked {
        Some(datacenter) => datacenter.kube_cluster == situation.site.kube_cluster || datacenter.nodes() > 0,
        None => situation.ring.version.minor < Minor::V4_0,
    };
    !is_asked_for && situation.gossip.members_of(name).is_empty()
}

/// The entry of one of our datacenters; none for one without nodes.
fn own(situation: &Situation<'_>, datacenter: &Datacenter, wanted: &mut Replication) {
    let members = situation.gossip.members_of(&datacenter.ring_name).len();
    let name = datacenter.ring_name.clone();
    match (datacenter.nodes(), members) {
        (0, 0) => drop(wanted.remove(&name)),
        (0, _) => {}
        (nodes, 1..) => drop(wanted.insert(name, situation.ring.system_replication.min(nodes))),
        _ => {}
    }
}

/// The replication of every keyspace, or why it is not known.
pub(super) fn keyspaces<'s>(situation: &Situation<'s>) -> Result<&'s BTreeMap<String, Replication>, Next> {
    match &situation.seen.keyspaces {
        Some(Ok(keyspaces)) => Ok(keyspaces),
        _ => Err(Next::Wait(vec![Reason::of_ring("NoAnswer", "no node says how keyspaces are replicated")])),
    }
}

fn alter(
    situation: &Situation<'_>,
    keyspace: &str,
    replication: Replication,
    raises: bool,
    mut reasons: Vec<Reason>,
) -> Next {
    let unrepaired: Vec<&str> = situation.state.memory.needs_repair.keys().map(String::as_str).collect();
    if !raises && !unrepaired.is_empty() {
        let text = format!(
            "replicas of {} that were added are not repaired yet: none is taken away before",
            unrepaired.join(", ")
        );
        reasons.push(Reason::about("NotRepaired", keyspace, text));
    }
    let Some(asked) = situation.anybody() else {
        reasons.push(Reason::of_ring("NoAnswer", "no node that is up answers"));
        return Next::Wait(reasons);
    };
    Next::unless(reasons, || Action::Alter {
        keyspace: keyspace.to_owned(),
        replication,
        raises,
        asked: asked.to_owned(),
    })
}

/// Before nodes leave a datacenter, as Cassandra calls it: no keyspace has more replicas there than nodes will be `left` before any
/// other joins. Cassandra's own and Reaper's are lowered, while nodes are up that are not left `aside`; those of users are refused.
pub(super) fn for_fewer_nodes(situation: &Situation<'_>, datacenter: &str, left: u32, aside: &Aside<'_>) -> Next {
    let keyspaces = match keyspaces(situation) {
        Ok(keyspaces) => keyspaces,
        Err(next) => return next,
    };
    let guard = if left == 0 { Guard::NothingReplicated } else { Guard::ReplicationFits };
    let mut refusals = Vec::new();
    for (keyspace, replication) in keyspaces {
        if situation.holds(guard, || fits(situation, datacenter, replication, left)) {
            continue;
        }
        if situation.is_own_keyspace(keyspace) {
            if let Some(lowered) = lowered(situation, datacenter, keyspace, replication, left) {
                return alter(situation, keyspace, lowered, false, situation.not_ready_to_change(aside));
            }
        } else {
            refusals.push(too_many(datacenter, keyspace, replication, left));
        }
    }
    if refusals.is_empty() { Next::Nothing } else { Next::Refuse(refusals) }
}

/// Whether a keyspace has no more replicas in a datacenter than nodes will be left.
fn fits(situation: &Situation<'_>, datacenter: &str, replication: &Replication, left: u32) -> bool {
    if let Some(simple) = replication.get(SIMPLE) {
        let here = situation.gossip.members_of(datacenter).len();
        let all: usize =
            situation.gossip.datacenters().iter().map(|name| situation.gossip.members_of(name).len()).sum();
        return *simple as usize <= (all - here) + left as usize;
    }
    replication.get(datacenter).is_none_or(|number| *number <= left)
}

fn too_many(name: &str, keyspace: &str, replication: &Replication, left: u32) -> Reason {
    let number = replication.get(name).or_else(|| replication.get(SIMPLE)).copied().unwrap_or_default();
    let text = format!(
        "keyspace {keyspace} has {number} replicas in {name}, and {left} nodes would be left there. Lower its replication with \
         ALTER KEYSPACE, or keep more nodes"
    );
    Reason::about(if left == 0 { "StillReplicated" } else { "ReplicationTooHigh" }, keyspace, text)
}

/// Such a keyspace with as many replicas as nodes will be left. Cassandra 4.1 and later does not let
/// `system_auth` leave out a datacenter that has nodes: one replica stays until the last node has left.
fn lowered(
    situation: &Situation<'_>,
    datacenter: &str,
    keyspace: &str,
    now: &Replication,
    left: u32,
) -> Option<Replication> {
    if now.contains_key(SIMPLE) {
        return Some(wanted(situation, now)).filter(|wanted| wanted != now);
    }
    let mut lowered = now.clone();
    let number = situation.ring.system_replication.min(left);
    let stays = keyspace == "system_auth" && situation.ring.version.minor >= Minor::V4_1;
    match (number, stays) {
        (0, false) => drop(lowered.remove(datacenter)),
        (number, _) => drop(lowered.insert(datacenter.to_owned(), number.max(1))),
    }
    (lowered != *now).then_some(lowered)
}

/// Whether the next node is the last of a datacenter that leaves, and nothing but `system_auth` has replicas there:
/// then alone Cassandra 4.1 and later needs to be told not to ask for them.
pub(super) fn last_may_be_forced(situation: &Situation<'_>, datacenter: &Datacenter) -> bool {
    let is_last = datacenter.nodes() == 0 && situation.gossip.members_of(&datacenter.ring_name).len() == 1;
    let Ok(keyspaces) = keyspaces(situation) else { return false };
    let here = keyspaces.iter().filter(|(_, it)| it.contains_key(&datacenter.ring_name) || it.contains_key(SIMPLE));
    let here: Vec<&str> = here.map(|(keyspace, _)| keyspace.as_str()).collect();
    let elsewhere = situation.gossip.datacenters().len() > 1;
    is_last && elsewhere && here == ["system_auth"] && situation.ring.version.minor >= Minor::V4_1
}
