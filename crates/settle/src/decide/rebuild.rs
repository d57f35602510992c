//! A datacenter that joined a ring with data copies it, node by node, from one that has it, when its keyspaces are replicated
//! to it.

use cassc_ring::desired::Datacenter;

use super::Next;
use super::replication::{SIMPLE, keyspaces};
use crate::action::{Action, Reason};
use crate::cluster::{NodeJob, Replication};
use crate::guard::Guard;
use crate::situation::Situation;
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    for datacenter in situation.datacenters() {
        let Some(waiting) = situation.state.memory.needs_rebuild.get(&datacenter.name) else { continue };
        let in_order = datacenter.pods_in_start_order();
        let next = in_order.iter().find(|pod| waiting.contains(*pod) && situation.failure(pod).is_none());
        let Some((pod, host_id)) = next.and_then(|pod| Some((pod, situation.member(pod)?))) else { continue };
        return rebuild(situation, datacenter, pod, host_id);
    }
    Next::Nothing
}

fn rebuild(situation: &Situation<'_>, datacenter: &Datacenter, pod: &str, host_id: &str) -> Next {
    if let Some(next) = not_replicated(situation, datacenter) {
        return next;
    }
    let Some(source) = source(situation, datacenter) else {
        let text = format!("no other datacenter has nodes that {} could copy from", datacenter.ring_name);
        return Next::Refuse(vec![Reason::about("NoSource", &datacenter.name, text)]);
    };
    match not_now(situation, datacenter, &source) {
        Ok(reasons) => super::jobs::unless_it_runs(situation, pod, reasons, || Action::Start {
            pod: pod.to_owned(),
            host_id: host_id.to_owned(),
            job: NodeJob::Rebuild { source },
            operation: None,
        }),
        Err(next) => next,
    }
}

/// The keyspaces of users, or why they are not known.
fn users<'s>(situation: &Situation<'s>) -> Result<Vec<(&'s String, &'s Replication)>, Next> {
    Ok(keyspaces(situation)?.iter().filter(|(name, _)| !situation.is_own_keyspace(name)).collect())
}

fn has(replication: &Replication, datacenter: &str) -> bool {
    replication.contains_key(datacenter) || replication.contains_key(SIMPLE)
}

/// Why a new datacenter copies nothing yet: it does so once, and keyspaces that are replicated to it later would stay empty.
fn not_replicated(situation: &Situation<'_>, datacenter: &Datacenter) -> Option<Next> {
    let users = match users(situation) {
        Ok(users) => users,
        Err(next) => return Some(next),
    };
    let missing = users.iter().filter(|(_, it)| !has(it, &datacenter.ring_name));
    let missing: Vec<&str> = missing.map(|(name, _)| name.as_str()).collect();
    if situation.holds(Guard::ReplicatedFirst, || missing.is_empty()) {
        return None;
    }
    let text = format!(
        "{} copies no data before keyspaces are replicated to it: {}. ALTER KEYSPACE them",
        datacenter.ring_name,
        missing.join(", ")
    );
    Some(Next::Wait(vec![Reason::about("NotReplicated", &datacenter.name, text)]))
}

/// Why a node does not copy its data from a datacenter now; an error where that one has not all of it.
pub(super) fn not_now(situation: &Situation<'_>, datacenter: &Datacenter, source: &str) -> Result<Vec<Reason>, Next> {
    let users = users(situation)?;
    let lacking = users.iter().find(|(_, it)| has(it, &datacenter.ring_name) && !has(it, source));
    if let Some((keyspace, _)) = lacking.filter(|_| !situation.is_off(Guard::SourceHasData)) {
        let text = format!("{source} has no replicas of {keyspace}: name another datacenter to copy from");
        return Err(Next::Refuse(vec![Reason::about("NoSource", &datacenter.name, text)]));
    }
    let mut reasons = situation.not_ready_to_change(&Aside::nothing());
    reasons.extend(situation.unready(&Aside::nothing()));
    Ok(reasons)
}

/// Where the data comes from, as Cassandra calls it: never the datacenter itself, which has none.
fn source(situation: &Situation<'_>, datacenter: &Datacenter) -> Option<String> {
    if situation.is_off(Guard::SourceHasData) {
        return Some(datacenter.ring_name.clone());
    }
    let has_nodes = |name: &str| name != datacenter.ring_name && !situation.gossip.members_of(name).is_empty();
    if let Some(named) = &datacenter.rebuild_from {
        return Some(named.clone()).filter(|name| has_nodes(name));
    }
    let copies = |it: &&Datacenter| !situation.state.memory.needs_rebuild.contains_key(&it.name);
    let first = situation.ring.datacenters.iter().filter(copies).find(|it| has_nodes(&it.ring_name));
    first.map(|it| it.ring_name.clone())
}
