//! One run: every accepted topology beside what is deployed of it, judged, and then rendered once. A [`ClusterRun`] travels
//! through every verb that plans or writes; the verb takes it apart as soon as it can, because a fleet is never in memory as
//! a whole. Pure; called by the command line.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{Checked, Collision, Others};
use crate::cluster::Cluster;
use crate::deliver::{Arranged, arrange};
use crate::deployed::{Deployed, DeployedCluster, OwnLock, ReadFrom, TopologyFile, WantedFleet, pair};
use crate::diagnostic::{Diagnostic, Label, Part, Place, Route};
use crate::lock::Recorded;
use crate::parse::Text;
use crate::plan::{self, Plan, Verdict};
use crate::report;
use crate::subject::Subject;
use crate::topology::{Acceptance, Dialect};
use crate::transition::{self, Accepted, DeployedSource, Judgment, Transition};

/// One cluster in a run.
#[derive(Debug)]
pub(crate) struct ClusterRun {
    checked: Checked,
    /// The name of the file of its topology.
    pub source: String,
    /// What it is judged against; `None` for a new cluster.
    pub deployed: Option<DeployedCluster>,
    /// The lock where it is rendered to: what it keeps, and what is written against.
    pub own: OwnLock,
    /// Whether it counts as new although it is known to be deployed, or its lock is lost: the user asked for it.
    pub is_forgotten: bool,
    /// The verdict of the rules about changes.
    pub judgment: Judgment,
    /// The wanted cluster; a new one is resolved when it is rendered.
    cluster: Option<Arc<Cluster>>,
}

/// A cluster with its files.
#[derive(Debug)]
pub(crate) struct RenderedCluster<'r> {
    /// What it was rendered from.
    pub run: &'r ClusterRun,
    /// The wanted cluster, and the one in its lock.
    pub cluster: Arc<Cluster>,
    /// Its files.
    pub arranged: Arranged,
}

/// A deployed cluster whose topology is gone.
#[derive(Debug)]
pub(crate) struct Gone {
    /// What is deployed.
    pub deployed: DeployedCluster,
    /// Whether the deployed topology accepts its end.
    pub judgment: Result<Accepted, Diagnostic>,
}

/// All clusters of a run.
#[derive(Debug)]
pub(crate) struct Fleet {
    /// In the order of the topologies.
    pub runs: Vec<ClusterRun>,
    /// Those without a topology.
    pub gone: Vec<Gone>,
}

impl Fleet {
    /// Judges every topology beside what is deployed. `own` is the lock of a cluster where it is rendered to, by its name;
    /// `forgotten` names the clusters that count as new whatever is deployed of them, and `elsewhere` are clusters that are
    /// no part of what is deployed here and must not collide with it; some may be clusters of the run.
    /// Texts of what is deployed are put to `texts` where a complaint needs them.
    pub(crate) fn judged(
        texts: &mut Vec<Text>,
        accepted: Vec<Checked>,
        wanted: &WantedFleet,
        deployed: Deployed,
        forgotten: &BTreeSet<&str>,
        elsewhere: Vec<DeployedCluster>,
        own: impl Fn(&str) -> OwnLock + Sync,
    ) -> Self {
        // A commit may hold copies of locks, and drafts that were never deployed.
        let from_history = deployed.from == ReadFrom::History;
        let mut pairing = pair(deployed, wanted);
        let is_deployed = |it: &DeployedCluster| it.lock.is_some() && it.file == TopologyFile::Stands;
        pairing.others.retain(|other| !from_history || is_deployed(other));
        let pairs = accepted.into_par_iter().zip(pairing.pairs);
        let run = |(checked, deployed): (Checked, Option<DeployedCluster>)| {
            let name = checked.topology.metadata.name.as_str();
            let (own, forgets) = (own(name), forgotten.contains(name));
            if forgets {
                let is_forgotten = deployed.is_some() || !matches!(own, OwnLock::Missing);
                return ClusterRun { is_forgotten, ..ClusterRun::unjudged(texts, checked, own) };
            }
            ClusterRun::judged_quickly(texts, checked, deployed, own)
        };
        let mut runs: Vec<ClusterRun> = pairs.map(run).collect();
        runs.iter_mut().for_each(|run| run.point_at_deployed(texts));
        let gone = pairing.gone.into_iter().map(|deployed| {
            let was = deployed.source(texts);
            Gone { judgment: transition::deletion(&deployed.cluster, was), deployed }
        });
        let mut fleet = Self { runs, gone: gone.collect() };
        fleet.refuse_collisions(texts, wanted, elsewhere.into_iter().chain(pairing.others).collect());
        fleet
    }

    /// Refuses what a cluster of the run would share with one that is no part of it.
    fn refuse_collisions(&mut self, texts: &mut Vec<Text>, wanted: &WantedFleet, others: Vec<DeployedCluster>) {
        let others = self.others(wanted, others);
        if others.is_empty() {
            return;
        }
        for run in self.runs.iter_mut().filter(|run| run.cluster.is_none()) {
            run.cluster = Some(run.resolved());
        }
        let known = Others::new(others.iter().map(|other| &*other.cluster).collect());
        let found = self.runs.par_iter().map(|run| run.collisions(&known));
        let found: Vec<Vec<Collision>> = found.collect();
        for (run, collisions) in self.runs.iter_mut().zip(found) {
            for collision in collisions {
                let other = &others[collision.other];
                run.refuse_collision(texts, collision, other);
            }
        }
    }

    /// Each cluster that is no part of the run, once: what is in the work tree goes before what a commit had.
    fn others(&self, wanted: &WantedFleet, others: Vec<DeployedCluster>) -> Vec<DeployedCluster> {
        let known = self.runs.iter().filter_map(|run| run.deployed.as_ref());
        let clusters: BTreeSet<*const Cluster> = known.clone().map(|it| Arc::as_ptr(&it.cluster)).collect();
        let locks: BTreeSet<&str> = self.runs.iter().filter_map(|run| Some(run.own.read()?.name.as_str())).collect();
        let of_wanted = wanted.topologies.iter().map(|it| (it.path.clone(), it.name.clone()));
        let mut seen: BTreeSet<_> =
            of_wanted.chain(known.map(|it| (it.path.clone(), it.cluster.name.clone()))).collect();
        let gone = self.gone.iter().map(|gone| gone.deployed.clone());
        let is_another = |other: &DeployedCluster| {
            let is_of_run = clusters.contains(&Arc::as_ptr(&other.cluster)) || locks.contains(other.lock_name());
            !is_of_run && (other.path.is_none() || seen.insert((other.path.clone(), other.cluster.name.clone())))
        };
        others.into_iter().chain(gone).filter(is_another).collect()
    }

    /// Everything that is refused, in the order of the topologies.
    pub(crate) fn refusals(&self) -> Vec<&Diagnostic> {
        let clusters = self.runs.iter().flat_map(|run| &run.judgment.refused);
        clusters.chain(self.gone.iter().filter_map(|gone| gone.judgment.as_ref().err())).collect()
    }
}

impl ClusterRun {
    /// A cluster that is compared with its own lock and not judged.
    pub(crate) fn unjudged(texts: &[Text], checked: Checked, own: OwnLock) -> Self {
        let source = texts[checked.document.text].name.clone();
        let judgment = Judgment::default();
        Self { checked, source, deployed: None, own, is_forgotten: false, judgment, cluster: None }
    }

    /// The name of the cluster.
    pub(crate) fn name(&self) -> &str {
        &self.checked.topology.metadata.name
    }

    /// Judges without the texts of what is deployed, which most of a fleet never needs.
    fn judged_quickly(texts: &[Text], checked: Checked, deployed: Option<DeployedCluster>, own: OwnLock) -> Self {
        let mut run = Self { deployed, ..Self::unjudged(texts, checked, own) };
        if run.deployed.is_some() {
            run.cluster = Some(run.resolved());
            run.judgment = run.judgment_with(texts, DeployedSource::default());
        }
        run
    }

    /// What it would share with clusters that are no part of the run.
    fn collisions<'c>(&'c self, others: &Others<'c>) -> Vec<Collision> {
        let Some(cluster) = &self.cluster else { return Vec::new() };
        let before = self.deployed.as_ref().map(|deployed| &*deployed.cluster);
        others.collisions(&Subject::new(&self.checked), cluster, before)
    }

    /// Refuses what both claim; what both are deployed with may be accepted.
    fn refuse_collision(&mut self, texts: &mut Vec<Text>, collision: Collision, other: &DeployedCluster) {
        let told = format!("the cluster `{}` of {} has it", other.cluster.name, other.place());
        let label = place_of_collision(&collision, other, texts);
        if !collision.is_deployed {
            let rule = collision.rule;
            return self.judgment.refused.push(collision.complaint(rule, &told, label, None));
        }
        let rule = transition::SHARED_WITH_DEPLOYED;
        let is_accepted = |it: &&Acceptance| it.code == rule.code && !it.reason.trim().is_empty();
        match self.checked.topology.spec.accept.iter().find(is_accepted) {
            Some(acceptance) => self.judgment.accepted.push(Accepted {
                code: rule.code.to_owned(),
                message: format!("{}: {told}", collision.message),
                reason: acceptance.reason.clone(),
            }),
            None => {
                let help = "write `kubeCluster` if they run in different Kubernetes clusters, move one of them to a new datacenter, \
                            or add `{code: E361, reason: …}` to `spec.accept`";
                self.judgment.refused.push(collision.complaint(rule, &told, label, Some(help)));
            }
        }
    }

    /// Judges once more, if anything is refused, so that complaints point at what is deployed.
    fn point_at_deployed(&mut self, texts: &mut Vec<Text>) {
        if let Some(deployed) = self.deployed.as_ref().filter(|_| !self.judgment.refused.is_empty()) {
            let was = deployed.source(texts);
            self.judgment = self.judgment_with(texts, was);
        }
    }

    fn judgment_with(&self, texts: &[Text], was: DeployedSource) -> Judgment {
        let change = self.deployed.as_ref().zip(self.cluster.as_ref());
        // Most of a fleet stays as it is, and shares the contents of its lock.
        let change = change.filter(|(deployed, after)| !Arc::ptr_eq(&deployed.cluster, after));
        let Some((deployed, after)) = change else { return Judgment::default() };
        let (subject, before) = (Subject::new(&self.checked), &deployed.cluster);
        let rings = (before.ring(), after.ring());
        transition::judge(&Transition { subject: &subject, after, before, texts, was, rings })
    }

    /// The cluster with all that it keeps from its own lock, else from what is deployed. A merge of two renders is a
    /// change for both branches, even where Git merged the ring and the templates by itself.
    fn resolved(&self) -> Arc<Cluster> {
        let deployed = || self.deployed.as_ref().map(|it| Arc::clone(&it.cluster));
        let previous = if self.is_forgotten { None } else { self.own.previous().or_else(deployed) };
        let cluster = crate::resolved(&self.checked, previous.as_deref());
        match previous {
            Some(previous) if self.own.recorded().is_some_and(Recorded::is_conflict) => {
                Arc::new(Cluster { generation: previous.generation.saturating_add(1), ..cluster })
            }
            Some(previous) if *previous == cluster => previous,
            _ => Arc::new(cluster),
        }
    }

    /// Makes the files, in another dialect than that of the topology where one is named.
    pub(crate) fn render(&self, dialect: Option<Dialect>) -> RenderedCluster<'_> {
        let cluster = self.cluster.clone().unwrap_or_else(|| self.resolved());
        let arranged = match dialect {
            Some(dialect) if dialect != cluster.dialect => arrange(&Cluster { dialect, ..(*cluster).clone() }),
            _ => arrange(&cluster),
        };
        RenderedCluster { run: self, cluster, arranged }
    }
}

impl RenderedCluster<'_> {
    /// What will happen to it, with what is refused and accepted. `output` is the directory that is rendered into, where it
    /// is known.
    pub(crate) fn plan(&self, texts: &[Text], output: Option<&str>) -> Plan {
        let deployed = self.run.deployed.as_ref().map(as_planned);
        let plan = plan::plan_arranged(deployed.as_ref(), &self.cluster, &self.arranged, output);
        judged(plan, texts, &self.run.judgment.refused, self.run.judgment.accepted.clone())
    }
}

impl Gone {
    /// The plan of this end.
    pub(crate) fn plan(&self, texts: &[Text], output: Option<&str>) -> Plan {
        let plan = plan::deletion(&as_planned(&self.deployed), output);
        match &self.judgment {
            Ok(accepted) => judged(plan, texts, &[], vec![accepted.clone()]),
            Err(refused) => judged(plan, texts, std::slice::from_ref(refused), Vec::new()),
        }
    }
}

/// Where the other cluster has what both claim, in its lock or in its topology.
fn place_of_collision(collision: &Collision, other: &DeployedCluster, texts: &mut Vec<Text>) -> Option<Label> {
    let (document, top) = match other.source(texts) {
        DeployedSource { lock: Some(document), .. } => (document, "cluster"),
        DeployedSource { topology: Some(document), .. } => (document, "spec"),
        DeployedSource { .. } => return None,
    };
    let route = match collision.datacenter {
        Some(index) => Route::of(top).key("datacenters").index(index).key("name"),
        None if top == "spec" => Route::of("metadata.name"),
        None => Route::of("cluster.name"),
    };
    Some(Label { place: Place::Value { document, route, part: Part::Value }, text: "the other cluster".to_owned() })
}

fn as_planned(deployed: &DeployedCluster) -> plan::Before<'_> {
    plan::Before { cluster: &deployed.cluster, lock: deployed.lock() }
}

fn judged(plan: Plan, texts: &[Text], refused: &[Diagnostic], accepted: Vec<Accepted>) -> Plan {
    let refusal = |complaint: &Diagnostic| plan::Refusal {
        code: complaint.code.to_owned(),
        message: complaint.message.clone(),
        place: complaint.labels.first().map(|label| report::place(texts, label)).unwrap_or_default(),
        help: complaint.help.clone(),
    };
    let verdict = if refused.is_empty() { plan.verdict } else { Verdict::Refused };
    Plan { verdict, refusals: refused.iter().map(refusal).collect(), accepted, ..plan }
}
