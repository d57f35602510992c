//! What the verbs that plan or write share: reading what is deployed, judging every topology beside it, and saying what
//! is refused.

use std::io;
use std::path::Path;

use clap::Args;
use rayon::prelude::*;

use super::complaints::Complaining;
use super::inputs::Inputs;
use super::{Failure, talk};
use crate::assessment::{Assessment, assess};
use crate::check::Checked;
use crate::cluster::Cluster;
use crate::deliver::{Arranged, arrange};
use crate::deployed::{
    Against, Deployed, DeployedCluster, DeployedError, ReadFrom, Surroundings, TopologyFile, WantedFleet, pair, read,
    rendered, wanted,
};
use crate::diagnostic::Diagnostic;
use crate::emit::{self, EmitError, Overwrite};
use crate::lock::LOCK_FILE_NAME;
use crate::plan::{Plan, Verdict};
use crate::report::plan::{FleetPlan, text};
use crate::report::{Colors, sorted};
use crate::{Compilation, cluster, git};

/// What a change is judged against.
#[derive(Debug, Args)]
pub(super) struct Judging {
    /// What is deployed: `git:REV` (the merge base of that revision and HEAD), a `cassc.lock`, a directory that was
    /// rendered into, an earlier topology, or a folder of such.
    #[arg(long, value_name = "WHERE")]
    pub(super) against: Option<String>,
}

/// A directory whose locks tell what a cluster keeps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept<'o> {
    /// The output directory.
    pub(super) path: &'o Path,
    /// What a lock that cannot be read counts as.
    pub(super) overwrite: Overwrite,
}

/// A compilation, judged.
#[derive(Debug)]
pub(super) struct Judged<'o> {
    /// The topologies; complaints point into its texts.
    pub(super) compilation: Compilation,
    /// What the rules about transitions say.
    assessment: Assessment,
    /// What it was judged against, in words.
    against: Option<String>,
    /// Whether that are the locks of the output directory, because nothing was named.
    is_own: bool,
    /// The directory whose locks tell what a cluster keeps.
    output: Option<Kept<'o>>,
    /// The folders of clusters that were rendered and never deployed, and whose topology is gone.
    stale: Vec<String>,
}

/// Reads what is deployed and judges every topology beside it. Without `--against` the locks of the output directory
/// are what is deployed, and where there are none everything is new.
pub(super) fn judge<'o>(
    mut compilation: Compilation,
    inputs: &Inputs,
    judging: &Judging,
    output: Option<Kept<'o>>,
) -> Result<Judged<'o>, Failure> {
    let surroundings =
        Surroundings { inputs: inputs.names(), output: output.map(|output| output.path), git: git::PROGRAM };
    let wanted = wanted(&compilation.texts, &compilation.accepted);
    let own = output.map(|output| own_locks(output, &compilation.accepted)).transpose()?.flatten();
    let (deployed, own) = match &judging.against {
        Some(against) => (Some(read(&against.parse::<Against>()?, surroundings)?), own),
        None => (own, None),
    };
    let stale = own.map(|own| stale(own, deployed.as_ref(), &wanted)).unwrap_or_default();
    let against = deployed.as_ref().map(|deployed| deployed.name.clone());
    let nothing = Deployed { name: String::new(), from: ReadFrom::History, clusters: Vec::new() };
    let mut texts = std::mem::take(&mut compilation.texts);
    let after = |parsed: &Checked, deployed: Option<&DeployedCluster>| after(output, parsed, deployed);
    let assessment = assess(&mut texts, &compilation.accepted, &wanted, deployed.unwrap_or(nothing), after)?;
    compilation.texts = texts;
    Ok(Judged { compilation, assessment, against, is_own: judging.against.is_none(), output, stale })
}

/// The locks of the output directory. One that Git could not merge, or that is broken and to be overwritten, is
/// understood as far as it goes; then only the clusters at hand are looked at, and nothing counts as deleted.
fn own_locks(output: Kept<'_>, accepted: &[Checked]) -> Result<Option<Deployed>, Failure> {
    match rendered(output.path) {
        Ok(deployed) => Ok(deployed),
        Err(DeployedError::Lock { .. }) => {
            let known = accepted.iter().map(|parsed| recorded(output, parsed));
            let clusters: Vec<DeployedCluster> =
                known.filter_map(Result::transpose).collect::<Result<_, EmitError>>()?;
            Ok(Some(Deployed { name: output.path.display().to_string(), from: ReadFrom::Directory, clusters }))
        }
        Err(refused) => Err(refused.into()),
    }
}

fn recorded(output: Kept<'_>, parsed: &Checked) -> Result<Option<DeployedCluster>, EmitError> {
    let recorded = emit::read::recorded(output.path, &parsed.topology.metadata.name, output.overwrite)?;
    Ok(recorded.map(|recorded| DeployedCluster {
        cluster: recorded.previous().into_owned(),
        lock: None,
        lock_text: None,
        topology_text: None,
        path: None,
        file: TopologyFile::Unknown,
    }))
}

/// The folders that are nobody's: their topology is gone, and nothing of the kind is deployed.
fn stale(own: Deployed, deployed: Option<&Deployed>, wanted: &WantedFleet) -> Vec<String> {
    let is_deployed =
        |name: &str| deployed.is_some_and(|it| it.clusters.iter().any(|known| known.cluster.name == name));
    let gone = pair(own, wanted).gone.into_iter().map(|gone| gone.cluster.name);
    gone.filter(|name| !is_deployed(name)).collect()
}

/// The cluster with all that it keeps of what its lock in the output directory knows, else of what is deployed. A merge
/// of two renders is a change for both branches, even where Git merged the ring and the templates by itself.
pub(super) fn settled(
    output: Kept<'_>,
    parsed: &Checked,
    deployed: Option<&DeployedCluster>,
) -> Result<Cluster, EmitError> {
    let recorded = emit::read::recorded(output.path, &parsed.topology.metadata.name, output.overwrite)?;
    let Some(recorded) = recorded else { return Ok(cluster(parsed, deployed.map(|it| &it.cluster))) };
    let previous = recorded.previous();
    let settled = cluster(parsed, Some(&previous));
    let generation = previous.generation.saturating_add(1);
    Ok(if recorded.is_conflict() { Cluster { generation, ..settled } } else { settled })
}

fn after(output: Option<Kept<'_>>, parsed: &Checked, deployed: Option<&DeployedCluster>) -> Result<Cluster, EmitError> {
    match output {
        Some(output) => settled(output, parsed, deployed),
        None => Ok(cluster(parsed, deployed.map(|deployed| &deployed.cluster))),
    }
}

impl Judged<'_> {
    /// The cluster of a topology, by its position, with all that it keeps.
    pub(super) fn cluster(&self, position: usize) -> Result<Cluster, EmitError> {
        let deployed = self.assessment.clusters[position].deployed.as_ref();
        after(self.output, &self.compilation.accepted[position], deployed)
    }

    /// The plan of one cluster.
    pub(super) fn plan(&self, position: usize, cluster: &Cluster, arranged: &Arranged) -> Plan {
        self.assessment.clusters[position].plan(&self.compilation.texts, cluster, arranged)
    }

    /// The plans of all clusters, those that are gone last.
    pub(super) fn plans(&self) -> Result<FleetPlan, EmitError> {
        let plan = |position: usize| {
            let cluster = self.cluster(position)?;
            Ok(self.plan(position, &cluster, &arrange(&cluster)))
        };
        let plans = (0..self.compilation.accepted.len()).into_par_iter().map(plan);
        Ok(self.fleet(plans.collect::<Result<_, EmitError>>()?))
    }

    fn fleet(&self, mut plans: Vec<Plan>) -> FleetPlan {
        plans.extend(self.assessment.gone.iter().map(|gone| gone.plan(&self.compilation.texts)));
        FleetPlan::new(self.against.clone(), plans)
    }

    /// Says what the change will do, if it does anything, beside the verb's own words; of a new cluster only that it is
    /// new.
    pub(super) fn tell_plans(&self, plans: Vec<Plan>) {
        let mut fleet = self.fleet(plans);
        for plan in fleet.plans.iter_mut().filter(|plan| plan.verdict == Verdict::New) {
            plan.steps.clear();
        }
        if fleet.plans.iter().any(|plan| plan.verdict != Verdict::Unchanged) {
            talk(&text(&fleet, Colors::of(&io::stderr())));
        }
    }

    /// The folders of clusters whose topology is gone.
    pub(super) fn folders_to_remove(&self) -> impl Iterator<Item = &str> {
        let gone = self.assessment.gone.iter().map(|gone| gone.deployed.cluster.name.as_str());
        let there =
            |name: &&str| self.output.is_some_and(|output| output.path.join(name).join(LOCK_FILE_NAME).exists());
        gone.chain(self.stale.iter().map(String::as_str)).filter(there)
    }

    /// Refuses inputs without a topology where nothing deployed has come to its end by that.
    pub(super) fn refuse_nothing(&self, inputs: &Inputs) -> Result<(), Failure> {
        let is_nothing = self.compilation.topologies == 0 && self.assessment.gone.is_empty() && self.stale.is_empty();
        if !is_nothing {
            return Ok(());
        }
        Err(Failure::Usage(format!("{}, and nothing is deployed that came from there", inputs.nothing())))
    }

    /// Whether anything is known to be deployed.
    pub(super) fn is_compared(&self) -> bool {
        self.against.is_some()
    }

    /// Whether anything is refused.
    pub(super) fn is_refused(&self) -> bool {
        !self.assessment.refusals().is_empty()
    }

    /// Says what is refused, and against what it was judged; to programs all that there is to complain about.
    pub(super) fn tell_refusals(&self, complaining: &Complaining<'_>) -> Result<(), Failure> {
        let refusals: Vec<Diagnostic> = self.assessment.refusals().into_iter().cloned().collect();
        let texts = &self.compilation.texts;
        complaining.tell(texts, &refusals);
        let all: Vec<Diagnostic> = self.compilation.complaints.iter().chain(&refusals).cloned().collect();
        complaining.report(texts, &sorted(texts, all))?;
        if !refusals.is_empty() {
            self.tell_against();
        }
        Ok(())
    }

    fn tell_against(&self) {
        let Some(against) = &self.against else { return };
        talk(&if self.is_own {
            format!("judged against {against}; if that was never deployed, name what is: --against git:origin/main\n")
        } else {
            format!("judged against {against}\n")
        });
    }
}
