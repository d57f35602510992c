//! One run: every accepted topology beside what is deployed of it, judged, and then rendered once. A [`ClusterRun`] travels
//! through every verb that plans or writes; the verb takes it apart as soon as it can, because a fleet is never in memory as
//! a whole. Pure; called by the command line.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::Checked;
use crate::cluster::Cluster;
use crate::deliver::{Arranged, arrange};
use crate::deployed::{Deployed, DeployedCluster, OwnLock, WantedFleet, pair};
use crate::diagnostic::Diagnostic;
use crate::lock::Recorded;
use crate::parse::Text;
use crate::plan::{self, Plan, Verdict};
use crate::report;
use crate::subject::Subject;
use crate::topology::Dialect;
use crate::transition::{self, Accepted, Judgment, Transition, Was};

/// One cluster in a run.
#[derive(Debug)]
pub struct ClusterRun {
    checked: Checked,
    /// The name of the file of its topology.
    pub source: String,
    /// What it is judged against; `None` for a new cluster.
    pub deployed: Option<DeployedCluster>,
    /// The lock where it is rendered to: what it keeps, and what is written against.
    pub own: OwnLock,
    /// Whether it counts as new although it is known to be deployed, or its lock is lost: the user asked for it.
    pub is_forgotten: bool,
    /// What the rules about changes say.
    pub judgment: Judgment,
    /// As it is to be; a new cluster is resolved when it is rendered.
    cluster: Option<Arc<Cluster>>,
}

/// A cluster with its files.
#[derive(Debug)]
pub struct RenderedCluster<'r> {
    /// What it was rendered from.
    pub run: &'r ClusterRun,
    /// As it is to be, and as its lock records it.
    pub cluster: Arc<Cluster>,
    /// Its files.
    pub arranged: Arranged,
}

/// A deployed cluster whose topology is gone.
#[derive(Debug)]
pub struct Gone {
    /// What is deployed.
    pub deployed: DeployedCluster,
    /// Whether the deployed topology accepts its end.
    pub judgment: Result<Accepted, Diagnostic>,
}

/// All clusters of a run.
#[derive(Debug)]
pub struct Fleet {
    /// In the order of the topologies.
    pub runs: Vec<ClusterRun>,
    /// Those without a topology.
    pub gone: Vec<Gone>,
}

impl Fleet {
    /// Judges every topology beside what is deployed. `own` is the lock of a cluster where it is rendered to, by its name;
    /// `forgotten` names the clusters that count as new whatever is deployed of them.
    /// Texts of what is deployed are put to `texts` where a complaint needs them.
    pub fn judged(
        texts: &mut Vec<Text>,
        accepted: Vec<Checked>,
        wanted: &WantedFleet,
        deployed: Deployed,
        forgotten: &BTreeSet<&str>,
        own: impl Fn(&str) -> OwnLock + Sync,
    ) -> Self {
        let pairing = pair(deployed, wanted);
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
        runs.iter_mut().for_each(|run| run.show_what_was(texts));
        let gone = pairing.gone.into_iter().map(|deployed| {
            let was = deployed.was(texts);
            Gone { judgment: transition::deletion(&deployed.cluster, was), deployed }
        });
        Self { runs, gone: gone.collect() }
    }

    /// Everything that is refused, in the order of the topologies.
    pub fn refusals(&self) -> Vec<&Diagnostic> {
        let clusters = self.runs.iter().flat_map(|run| &run.judgment.refused);
        clusters.chain(self.gone.iter().filter_map(|gone| gone.judgment.as_ref().err())).collect()
    }
}

impl ClusterRun {
    /// A cluster that is compared with its own lock and not judged.
    pub fn unjudged(texts: &[Text], checked: Checked, own: OwnLock) -> Self {
        let source = texts[checked.document.text].name.clone();
        let judgment = Judgment::default();
        Self { checked, source, deployed: None, own, is_forgotten: false, judgment, cluster: None }
    }

    /// The name of the cluster.
    pub fn name(&self) -> &str {
        &self.checked.topology.metadata.name
    }

    /// Judges without the texts of what is deployed, which most of a fleet never needs.
    fn judged_quickly(texts: &[Text], checked: Checked, deployed: Option<DeployedCluster>, own: OwnLock) -> Self {
        let mut run = Self { deployed, ..Self::unjudged(texts, checked, own) };
        if run.deployed.is_some() {
            run.cluster = Some(run.resolved());
            run.judgment = run.judgment_with(texts, Was::default());
        }
        run
    }

    /// Judges once more, if anything is refused, so that complaints point at what is deployed.
    fn show_what_was(&mut self, texts: &mut Vec<Text>) {
        if let Some(deployed) = self.deployed.as_ref().filter(|_| !self.judgment.refused.is_empty()) {
            let was = deployed.was(texts);
            self.judgment = self.judgment_with(texts, was);
        }
    }

    fn judgment_with(&self, texts: &[Text], was: Was) -> Judgment {
        let change = self.deployed.as_ref().zip(self.cluster.as_ref());
        // Most of a fleet stays as it is, and shares what its lock says.
        let change = change.filter(|(deployed, after)| !Arc::ptr_eq(&deployed.cluster, after));
        let Some((deployed, after)) = change else { return Judgment::default() };
        let (subject, before) = (Subject::new(&self.checked), &deployed.cluster);
        let rings = (before.ring(), after.ring());
        transition::judge(&Transition { subject: &subject, after, before, texts, was, rings })
    }

    /// The cluster with all that it keeps of what its own lock knows, else of what is deployed. A merge of two renders is a
    /// change for both branches, even where Git merged the ring and the templates by itself.
    fn resolved(&self) -> Arc<Cluster> {
        let deployed = || self.deployed.as_ref().map(|it| Arc::clone(&it.cluster));
        let previous = if self.is_forgotten { None } else { self.own.previous().or_else(deployed) };
        let cluster = crate::cluster(&self.checked, previous.as_deref());
        match previous {
            Some(previous) if self.own.recorded().is_some_and(Recorded::is_conflict) => {
                Arc::new(Cluster { generation: previous.generation.saturating_add(1), ..cluster })
            }
            Some(previous) if *previous == cluster => previous,
            _ => Arc::new(cluster),
        }
    }

    /// Makes the files, in another dialect than that of the topology where one is named.
    pub fn render(&self, dialect: Option<Dialect>) -> RenderedCluster<'_> {
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
    pub fn plan(&self, texts: &[Text], output: Option<&str>) -> Plan {
        let deployed = self.run.deployed.as_ref().map(as_planned);
        let plan = plan::plan_arranged(deployed.as_ref(), &self.cluster, &self.arranged, output);
        judged(plan, texts, &self.run.judgment.refused, self.run.judgment.accepted.clone())
    }
}

impl Gone {
    /// The plan of this end.
    pub fn plan(&self, texts: &[Text], output: Option<&str>) -> Plan {
        let plan = plan::deletion(&as_planned(&self.deployed), output);
        match &self.judgment {
            Ok(accepted) => judged(plan, texts, &[], vec![accepted.clone()]),
            Err(refused) => judged(plan, texts, std::slice::from_ref(refused), Vec::new()),
        }
    }
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
