//! The world that a plan is walked over: as the deployed side left it, changed step by step.

use std::collections::{BTreeMap, BTreeSet};

use cassc::plan::{ObjectName, OperationChange, Stage};

use super::finding::{Finding, Kind};
use super::side::Side;

/// Where a pod of the world stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It was made and has not joined.
    Starting,
    /// Its node is a member of the ring.
    Up,
    /// Its node left the ring, the pod is still there.
    Left,
    /// Its node is lost: an operation removes it from the ring.
    Lost,
}

/// A pod of the world.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) datacenter: String,
    pub(super) stateful_set: String,
    pub(super) ordinal: u64,
    pub(super) state: State,
}

/// Nodes, claims, objects and replicas at one moment, and what was done until then.
#[derive(Debug)]
pub(super) struct World<'s> {
    pub(super) before: &'s Side<'s>,
    pub(super) after: &'s Side<'s>,
    pub(super) nodes: BTreeMap<String, Node>,
    /// Name to size.
    pub(super) claims: BTreeMap<String, String>,
    /// The replicas of the system keyspaces.
    pub(super) replicas: BTreeMap<String, u32>,
    /// The objects that were applied or retired.
    pub(super) handled: BTreeSet<ObjectName>,
    pub(super) tasks: Vec<(Stage, String)>,
    /// Where each list of nodes joined.
    pub(super) joins: Vec<Stage>,
    pub(super) resumes: usize,
    pub(super) stops: usize,
    /// The declared roles of every step that creates some.
    pub(super) roles: Vec<Vec<String>>,
    pub(super) repairs: usize,
    /// Every operation that is named, by its id, and its pods.
    pub(super) operations: Vec<(String, OperationChange, Vec<String>)>,
    pub(super) restarted: BTreeSet<String>,
    pub(super) rebuilt: Vec<String>,
    pub(super) cleaned: Vec<String>,
    pub(super) rewritten: Vec<String>,
    pub(super) findings: Vec<Finding>,
}

impl<'s> World<'s> {
    /// The world before the first step. A new cluster's keyspaces are made as declared when its ring is founded.
    pub(super) fn new(before: &'s Side<'s>, after: &'s Side<'s>) -> Self {
        let mut world = Self {
            before,
            after,
            nodes: BTreeMap::new(),
            claims: BTreeMap::new(),
            replicas: if before.cluster.is_some() { before.replicas() } else { after.replicas() },
            handled: BTreeSet::new(),
            tasks: Vec::new(),
            joins: Vec::new(),
            resumes: 0,
            stops: 0,
            roles: Vec::new(),
            repairs: 0,
            operations: Vec::new(),
            restarted: BTreeSet::new(),
            rebuilt: Vec::new(),
            cleaned: Vec::new(),
            rewritten: Vec::new(),
            findings: Vec::new(),
        };
        let lost = after.removed();
        for pod in before.pods.keys() {
            world.make_pod(before, pod, if lost.contains(pod) { State::Lost } else { State::Up });
        }
        for (name, claim) in &before.claims {
            let size = claim.expanded.as_ref().unwrap_or(&claim.born);
            world.claims.insert(name.clone(), size.clone());
        }
        world
    }

    /// Notes a broken promise.
    pub(super) fn find(&mut self, kind: Kind, what: impl Into<String>) {
        self.findings.push(Finding { kind, what: what.into() });
    }

    /// The StatefulSet controller makes a pod, and its claims where there are none of those names.
    pub(super) fn make_pod(&mut self, side: &Side<'_>, name: &str, state: State) {
        let pod = &side.pods[name];
        let (datacenter, stateful_set) = (pod.datacenter.clone(), pod.stateful_set.clone());
        self.nodes.insert(name.to_owned(), Node { datacenter, stateful_set, ordinal: pod.ordinal, state });
        for (claim, of_pod) in side.claims.iter().filter(|(_, claim)| claim.pod == name) {
            self.claims.entry(claim.clone()).or_insert_with(|| of_pod.born.clone());
        }
    }

    /// How many members of the ring a datacenter has.
    pub(super) fn up(&self, datacenter: &str) -> usize {
        self.nodes.values().filter(|node| node.datacenter == datacenter && node.state == State::Up).count()
    }

    /// Whether a pod was made and did not join yet.
    pub(super) fn somebody_starts(&self) -> bool {
        self.nodes.values().any(|node| node.state == State::Starting)
    }

    /// Whether a pod joins now: its gate waits for no other.
    pub(super) fn somebody_joins(&self) -> bool {
        let mut starting = self.nodes.iter().filter(|(_, node)| node.state == State::Starting);
        starting.any(|(pod, _)| self.waits_for(pod).is_none())
    }

    /// The first pod before one in its start order whose node is no member yet.
    pub(super) fn waits_for(&self, pod: &str) -> Option<String> {
        let order = self.after.start_order.values().find(|order| order.iter().any(|it| it == pod))?;
        let is_member = |pod: &&String| self.nodes.get(*pod).is_some_and(|node| node.state == State::Up);
        order.iter().take_while(|it| *it != pod).find(|it| !is_member(it)).cloned()
    }

    /// The members of the ring that the topology no longer asks for.
    pub(super) fn still_to_leave(&self) -> Vec<String> {
        let members = self.nodes.iter().filter(|(_, node)| node.state == State::Up);
        members.map(|(pod, _)| pod.clone()).filter(|pod| !self.after.pods.contains_key(pod)).collect()
    }

    /// Whether a person was told something of this word until now.
    pub(super) fn is_told(&self, stage: Stage, word: &str) -> bool {
        self.tasks.iter().any(|(at, task)| *at == stage && task.contains(word))
    }
}
