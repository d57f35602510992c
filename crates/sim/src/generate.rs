//! Random histories. A seed makes the topology, the commits and the faults; the run draws its times from the same seed.

mod changes;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use cassc_ring::desired::{Datacenter, Format, Rack, Ring, Rollout, Steps, WhenNodesLeave};
use cassc_ring::names;
use cassc_settle::cluster::Replication;

use crate::chance::Rng;
use crate::commit::{Commit, Trouble};
use crate::focus::Focus;
use crate::generate_faults::fault;
use crate::generate_operations::{add_operation, lost_by, replacement};
use crate::history::History;
use crate::queue::{MINUTE, SECOND};
use crate::world::Op;

/// The name of the Cassandra cluster in Kubernetes.
pub const CLUSTER: &str = "shop";

/// What a random history is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// The most commits after the first one.
    pub commits: u64,
    /// The most faults.
    pub faults: u64,
    /// In how many of 100 histories the delivery tool was never told to ignore replicas.
    pub writes_replicas: u64,
    /// In how many of 100 histories datacenters run in Kubernetes clusters of their own.
    pub kube_clusters: u64,
    /// What it has more of.
    pub focus: Focus,
}

impl Default for Mix {
    fn default() -> Self {
        Self { commits: 3, faults: 4, writes_replicas: 0, kube_clusters: 0, focus: Focus::Everything }
    }
}

/// What is made of a seed, while it is made.
struct Draft {
    random: Rng,
    history: History,
    commits: Vec<Rc<Commit>>,
    n_templates: u32,
    trouble: BTreeMap<String, Trouble>,
    focus: Focus,
    replication: Replication,
    /// What somebody does so many seconds after the next commit.
    afterwards: Option<(u64, Op)>,
    /// The rings of the commits that are still to come, where somebody else made them.
    given: Option<VecDeque<Ring>>,
    n_operations: u32,
}

/// A random history.
pub fn history(seed: u64, mix: Mix) -> History {
    let mut random = Rng::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let several = random.percent(mix.kube_clusters);
    let ring = first_ring(&mut random, several, mix.focus);
    drafted(seed, mix, random, ring, None)
}

/// A random history of commits that somebody else made, in their order: the desired rings of a compiler. The first one must be
/// there.
pub fn history_of(seed: u64, mix: Mix, rings: &[Ring]) -> Option<History> {
    let random = Rng::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let (first, others) = rings.split_first()?;
    let mix = Mix { commits: others.len() as u64, ..mix };
    Some(drafted(seed, mix, random, first.clone(), Some(others.iter().cloned().collect())))
}

fn drafted(seed: u64, mix: Mix, mut random: Rng, ring: Ring, given: Option<VecDeque<Ring>>) -> History {
    let several = ring.datacenters.iter().any(|it| it.kube_cluster.is_some());
    let mut history = History::new(seed, CLUSTER);
    if several {
        history.kube_clusters = ring.datacenters.iter().map(|it| it.kube_cluster.clone()).collect();
    }
    history.tail = random.within(1, 20) * MINUTE;
    history.behaviour.leaves_anew = random.percent(50);
    if random.percent(if mix.focus == Focus::Shrinks { 40 } else { 10 }) {
        history.behaviour.schema = (1, 40);
    }
    if mix.focus == Focus::Answers {
        history.behaviour.compaction = (30, 300);
    }
    if mix.focus == Focus::Failures {
        history.behaviour.leaves_anew = false;
        history.behaviour.stream_rate = (1 << 20) << random.below(4);
    }
    if mix.focus == Focus::Space {
        history.volume = random.within(3, 9) << 30;
    }
    let mut draft = Draft {
        random,
        history,
        commits: Vec::new(),
        n_templates: 1,
        trouble: BTreeMap::new(),
        focus: mix.focus,
        replication: Replication::new(),
        afterwards: None,
        given,
        n_operations: 0,
    };
    draft.commit(ring, 0);
    draft.found(mix);
    draft.go_on(mix);
    draft.history
}

impl Draft {
    /// Adds a commit after so many seconds.
    fn commit(&mut self, ring: Ring, after: u64) {
        let commit = Commit::new(CLUSTER, self.commits.last().map(Rc::as_ref), ring, &self.trouble);
        let commit = Rc::new(commit);
        self.commits.push(Rc::clone(&commit));
        let partly = self.random.percent(15);
        self.push(after, Op::Commit(commit, partly));
        if let Some((after, op)) = self.afterwards.take() {
            self.push(after, op);
        }
    }

    fn push(&mut self, after: u64, op: Op) {
        self.history.ops.push((after * SECOND, op));
    }

    fn ring(&self) -> Ring {
        self.commits.last().map(|commit| (*commit.ring).clone()).expect("there is a first commit")
    }

    /// The first minutes: mostly the ring is founded in peace, and somebody makes a keyspace.
    fn found(&mut self, mix: Mix) {
        if self.random.percent(15) && mix.faults > 0 {
            let ring = self.ring();
            let fault = fault(&mut self.random, self.focus, &ring, self.history.kube_clusters.len());
            let after = self.random.within(1, 300);
            self.push(after, Op::Fault(fault));
        }
        let ring = self.ring();
        let nodes: u32 = ring.datacenters.iter().map(Datacenter::nodes).sum();
        let mut replication = Replication::new();
        for datacenter in ring.datacenters.iter().filter(|it| it.nodes() > 0) {
            let most = datacenter.nodes().min(3);
            let replicas = if self.random.percent(60) { most } else { most.min(2) };
            let is_alone = self.focus == Focus::Failures && self.random.percent(50);
            replication.insert(datacenter.ring_name.clone(), if is_alone { 1 } else { replicas });
        }
        self.replication.clone_from(&replication);
        self.push(200 + u64::from(nodes) * 120, Op::Replicate("orders".to_owned(), replication));
        if self.random.percent(mix.writes_replicas) {
            self.push(1, Op::Replicas(crate::world::Replicas::Written));
        }
    }

    /// Commits and faults, in any order.
    fn go_on(&mut self, mix: Mix) {
        let mut commits = match &self.given {
            Some(given) => given.len() as u64,
            None => self.random.within(1, mix.commits.max(1)),
        };
        let mut faults = self.random.below(mix.faults + 1);
        while commits + faults > 0 {
            let after = match self.random.below(3) {
                0 => self.random.within(0, 20),
                1 => self.random.within(10, 200),
                _ => self.random.within(100, 1500),
            };
            if self.random.below(commits + faults) < commits {
                commits -= 1;
                let ring = self.changed();
                self.commit(ring, after);
            } else {
                faults -= 1;
                let ring = self.any_ring();
                let fault = fault(&mut self.random, self.focus, &ring, self.history.kube_clusters.len());
                let lost = lost_by(&fault).filter(|_| self.focus == Focus::Operations).map(str::to_owned);
                self.push(after, Op::Fault(fault));
                if let Some(pod) = lost.filter(|_| self.given.is_none()) {
                    self.cure(&pod);
                }
            }
        }
    }

    /// Somebody asks for the cure of a lost node, mostly.
    fn cure(&mut self, pod: &str) {
        let mut ring = self.ring();
        if self.random.percent(80) {
            let id = self.next_id();
            add_operation(&mut ring, replacement(&id, pod));
            let after = self.random.within(0, 1200);
            self.commit(ring, after);
        }
    }

    fn next_id(&mut self) -> String {
        self.n_operations += 1;
        format!("o{}", self.n_operations)
    }

    /// One of the rings so far: a fault may meet a pod that is to go.
    fn any_ring(&mut self) -> Ring {
        let commit = self.random.of(&self.commits).cloned();
        commit.map_or_else(|| self.ring(), |commit| (*commit.ring).clone())
    }
}

/// A small ring: one datacenter or two, up to three racks each, up to six nodes or so.
fn first_ring(random: &mut Rng, several: bool, focus: Focus) -> Ring {
    let two = several || random.percent(20) || matches!(focus, Focus::Datacenters | Focus::Copies);
    let n_datacenters = 1 + u64::from(two);
    let delete = random.percent(60);
    let policy = if delete { WhenNodesLeave::Delete } else { WhenNodesLeave::Retain };
    let datacenter = |number: u64| {
        let n_racks = random.within(1, if n_datacenters > 1 { 2 } else { 3 });
        let most = 5 - n_racks.max(n_datacenters);
        let nodes: Vec<u32> = (0..n_racks).map(|_| u32::try_from(random.within(1, most)).unwrap_or(1)).collect();
        let made = datacenter(&format!("dc{number}"), &nodes, "t1", policy);
        Datacenter { kube_cluster: several.then(|| format!("kube{number}")), ..made }
    };
    let mut datacenters: Vec<Datacenter> = (1..=n_datacenters).map(datacenter).collect();
    if focus == Focus::Copies {
        datacenters.iter_mut().skip(1).flat_map(|it| &mut it.racks).for_each(|rack| rack.nodes = 0);
    }
    ring_of(datacenters)
}

/// A datacenter of racks `r1`, `r2`, … with these numbers of nodes.
pub(crate) fn datacenter(name: &str, nodes: &[u32], template: &str, policy: WhenNodesLeave) -> Datacenter {
    let rack = |(nodes, number): (&u32, usize)| Rack {
        ring_name: format!("r{number}"),
        stateful_set: names::stateful_set(CLUSTER, name, &format!("r{number}")),
        nodes: *nodes,
        expand_to: None,
        template: Some(template.to_owned()),
        when_nodes_leave: Some(policy),
    };
    Datacenter {
        name: name.to_owned(),
        ring_name: name.to_owned(),
        kube_cluster: None,
        namespace: None,
        rebuild_from: None,
        racks: nodes.iter().zip(1..).map(rack).collect(),
    }
}

/// A ring of these datacenters, with steps.
pub(crate) fn ring_of(datacenters: Vec<Datacenter>) -> Ring {
    Ring {
        format: Format,
        cluster_name: CLUSTER.to_owned(),
        version: "4.1.9".parse().expect("a version"),
        system_replication: 3,
        superuser_secret: names::superuser_secret(CLUSTER),
        rollout: Rollout::default(),
        steps: Some(Steps { generates_superuser: true, ..Steps::default() }),
        datacenters,
    }
}
