//! What the verbs that plan or write share: reading what is deployed, judging every topology beside it, and saying what
//! is refused.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use cassc_wording::{joined, nearest};
use clap::Args;

use super::complaints::Complaining;
use super::inputs::Inputs;
use super::progress::{during, during_each};
use super::{Failure, message, note};
use crate::check::Checked;
use crate::deployed::{
    Against, Deployed, DeployedCluster, OutputLocks, OwnLock, ReadFrom, Surroundings, WantedFleet, in_repository, pair,
    read, wanted,
};
use crate::diagnostic::Diagnostic;
use crate::fleet::{ClusterRun, Fleet, Gone};
use crate::lock::LOCK_FILE_NAME;
use crate::parse::Text;
use crate::plan::{Plan, Verdict};
use crate::report::plan::{FleetPlan, text};
use crate::report::{Colors, sorted};
use crate::{Compilation, git};

/// What a change is judged against.
#[derive(Debug, Args)]
pub(super) struct Judging {
    /// Compare with what is deployed: `git:REV` (the merge base of that revision and HEAD), a `cassc.lock`, an output
    /// directory, an earlier topology, or a folder of such.
    #[arg(long, value_name = "WHERE")]
    pub(super) against: Option<String>,
    /// Treat this cluster as new although it is deployed, or its `cassc.lock` is lost: seeds, start order, revision and
    /// restart tokens begin anew, and no rule about changes is checked. Only right when none of its nodes and volumes is left.
    #[arg(long, value_name = "CLUSTER")]
    pub(super) forget_deployed_state: Vec<String>,
}

/// The clusters of a run, judged.
#[derive(Debug)]
pub(super) struct Judged {
    /// Complaints point into them.
    texts: Vec<Text>,
    /// What is wrong with the topologies.
    complaints: Vec<Diagnostic>,
    fleet: Fleet,
    /// What it was judged against, in words.
    against: Option<String>,
    /// Whether that are the locks of the output directory, because nothing was named.
    is_own: bool,
    /// Whether there is neither a topology nor the end of a cluster.
    is_nothing: bool,
    /// The folders of the output directory whose topology is gone, and their locks.
    leftovers: Vec<(String, OwnLock)>,
    /// The directory that is rendered into, as it was given.
    output: Option<String>,
}

/// A run that is not refused. Its texts are dropped.
#[derive(Debug)]
pub(super) struct Accepted {
    /// In the order of the topologies.
    pub(super) runs: Vec<ClusterRun>,
    /// What it was judged against, in words; `None` where nothing is known to be deployed.
    pub(super) against: Option<String>,
    /// The folders of the output directory whose topology is gone, and their locks.
    pub(super) leftovers: Vec<(String, OwnLock)>,
    gone: Vec<Plan>,
}

/// The locks of the output directory; none where there is no such directory.
pub(super) fn output_locks(
    output: Option<&Path>,
    accepted: &[Checked],
    forgotten: &BTreeSet<&str>,
) -> Result<OutputLocks, Failure> {
    let Some(output) = output else { return Ok(OutputLocks::default()) };
    Ok(OutputLocks::read(output, &names(accepted), forgotten)?)
}

fn names(accepted: &[Checked]) -> Vec<&str> {
    accepted.iter().map(|parsed| parsed.topology.metadata.name.as_str()).collect()
}

impl Judged {
    /// Reads what is deployed and judges every topology beside it. Without `--against` the locks of the output directory
    /// are what is deployed, and where there are none everything is new.
    pub(super) fn new(
        compilation: Compilation,
        inputs: &Inputs,
        judging: &Judging,
        output: Option<&Path>,
    ) -> Result<Self, Failure> {
        during("comparing with what is deployed", || Self::of(compilation, inputs, judging, output))
    }

    fn of(
        compilation: Compilation,
        inputs: &Inputs,
        judging: &Judging,
        output: Option<&Path>,
    ) -> Result<Self, Failure> {
        let Compilation { mut texts, complaints, topologies, accepted } = compilation;
        let wanted = wanted(&texts, &accepted);
        let forgotten = judging.forgotten(&accepted, inputs)?;
        let mut locks = output_locks(output, &accepted, &forgotten)?;
        let in_output = locks.deployed.take();
        refuse_taken_folders(&texts, &accepted, &wanted, &forgotten, in_output.as_ref(), &locks)?;
        let is_beside = output.is_some() || judging.against.is_some();
        let mut elsewhere = if is_beside { in_repository(&anchor(output, inputs), output) } else { Vec::new() };
        let mut clusters = names(&accepted);
        clusters.retain(|cluster| !forgotten.contains(cluster));
        let surroundings = Surroundings { inputs: inputs.names(), clusters: &clusters, output, git: git::PROGRAM };
        let (deployed, in_output) = match &judging.against {
            Some(against) => (Some(read(&against.parse::<Against>()?, surroundings)?), in_output),
            None => (with_moved(in_output, &elsewhere, &wanted, &locks), None),
        };
        let stale = in_output.map(|own| stale(own, deployed.as_ref(), &wanted)).unwrap_or_default();
        elsewhere.splice(..0, std::mem::take(&mut locks.others));
        elsewhere.retain(|other| !stale.contains(&other.cluster.name));
        let against = deployed.as_ref().map(|deployed| deployed.name.clone());
        let nothing = Deployed { name: String::new(), from: ReadFrom::History, clusters: Vec::new() };
        let deployed = deployed.unwrap_or(nothing);
        let fleet =
            Fleet::judged(&mut texts, accepted, &wanted, deployed, &forgotten, elsewhere, |cluster| locks.own(cluster));
        refuse_forgotten_without_effect(&forgotten, &fleet)?;
        refuse_new_beside_unreadable(&fleet, &locks, output)?;
        let is_nothing = topologies == 0 && fleet.gone.is_empty() && stale.is_empty();
        let leftovers = leftovers(&fleet.gone, stale, &locks, output);
        let is_own = judging.against.is_none();
        let output = output.map(|output| output.to_string_lossy().into_owned());
        Ok(Self { texts, complaints, fleet, against, is_own, is_nothing, leftovers, output })
    }

    /// The plans of all clusters, those that are gone last.
    pub(super) fn plans(&self) -> FleetPlan {
        let output = self.output.as_deref();
        let planned = |run: &ClusterRun| run.render(None).plan(&self.texts, output);
        let mut plans = during_each("planning clusters", &self.fleet.runs, planned);
        plans.extend(self.fleet.gone.iter().map(|gone| gone.plan(&self.texts, output)));
        FleetPlan::new(self.against.clone(), plans)
    }

    /// Says which clusters count as new because that was asked for.
    pub(super) fn tell_forgotten(&self) {
        for run in self.fleet.runs.iter().filter(|run| run.is_forgotten) {
            message(&format!(
                "{}: --forget-deployed-state treats it as new: seeds, start order, revision and restart tokens begin anew, and \
                 no rule about changes is checked\n",
                run.name()
            ));
        }
    }

    /// Refuses inputs without a topology where nothing deployed has come to its end by that.
    pub(super) fn refuse_nothing(&self, inputs: &Inputs) -> Result<(), Failure> {
        if !self.is_nothing {
            return Ok(());
        }
        Err(Failure::Usage(format!("{}, and nothing is deployed that came from there", inputs.nothing())))
    }

    /// Whether anything is refused.
    pub(super) fn is_refused(&self) -> bool {
        !self.fleet.refusals().is_empty()
    }

    /// Says what is refused, and against what it was judged; to programs all that there is to complain about.
    pub(super) fn tell_refusals(&self, complaining: &Complaining<'_>) -> Result<(), Failure> {
        let refusals: Vec<Diagnostic> = self.fleet.refusals().into_iter().cloned().collect();
        complaining.tell(&self.texts, &refusals);
        let all: Vec<Diagnostic> = self.complaints.iter().chain(&refusals).cloned().collect();
        complaining.report(&self.texts, &sorted(&self.texts, all))?;
        if !refusals.is_empty() {
            self.tell_against();
        }
        Ok(())
    }

    fn tell_against(&self) {
        let Some(against) = &self.against else { return };
        message(&if self.is_own {
            format!("judged against {against}; if that was never deployed, name what is: --against git:origin/main\n")
        } else {
            format!("judged against {against}\n")
        });
    }

    /// What to render, if nothing is refused.
    pub(super) fn accepted(self) -> Option<Accepted> {
        if self.is_refused() {
            return None;
        }
        let Self { texts, fleet: Fleet { runs, gone }, against, leftovers, output, .. } = self;
        let gone = gone.iter().map(|gone| gone.plan(&texts, output.as_deref())).collect();
        Some(Accepted { runs, against, leftovers, gone })
    }
}

impl Accepted {
    /// Says what the change will do, if it does anything, beside the verb's own words; of a new cluster only that it is
    /// new.
    pub(super) fn tell_plans(self, mut plans: Vec<Plan>) {
        plans.extend(self.gone);
        let mut fleet = FleetPlan::new(self.against, plans);
        for plan in fleet.plans.iter_mut().filter(|plan| plan.verdict == Verdict::New) {
            plan.steps.clear();
        }
        if fleet.plans.iter().any(|plan| plan.verdict != Verdict::Unchanged) {
            note(&text(&fleet, Colors::of(&io::stderr())));
        }
    }
}

impl Judging {
    /// The clusters whose deployed state is to be forgotten; each is to be among the inputs.
    fn forgotten<'j>(&'j self, accepted: &[Checked], inputs: &Inputs) -> Result<BTreeSet<&'j str>, Failure> {
        let known = names(accepted);
        match self.forget_deployed_state.iter().find(|name| !known.contains(&name.as_str())) {
            None => Ok(self.forget_deployed_state.iter().map(String::as_str).collect()),
            Some(unknown) => Err(Failure::Usage(format!(
                "`--forget-deployed-state {unknown}` names no cluster of {}{}",
                inputs.names().join(", "),
                nearest(unknown, known).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default()
            ))),
        }
    }
}

/// A flag that stays in a script would hide what is deployed the next time.
fn refuse_forgotten_without_effect(forgotten: &BTreeSet<&str>, fleet: &Fleet) -> Result<(), Failure> {
    let has_effect = |name: &&&str| fleet.runs.iter().any(|run| run.is_forgotten && run.name() == **name);
    match forgotten.iter().find(|name| !has_effect(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::Usage(format!(
            "`--forget-deployed-state {name}` has no effect: nothing shows that `{name}` is deployed; remove the flag"
        ))),
    }
}

/// A new cluster is compared with all others, so their locks must be readable; it could also be one of them with a new name.
fn refuse_new_beside_unreadable(fleet: &Fleet, locks: &OutputLocks, output: Option<&Path>) -> Result<(), Failure> {
    let is_new = |run: &&ClusterRun| run.deployed.is_none() && matches!(run.own, OwnLock::Missing);
    let (Some(new), Some(output)) = (fleet.runs.iter().find(is_new), output) else { return Ok(()) };
    let at_hand: Vec<&str> = fleet.runs.iter().map(ClusterRun::name).collect();
    match locks.unreadable_other(output, &at_hand) {
        None => Ok(()),
        Some(path) => Err(Failure::Usage(format!(
            "{path} cannot be read, so it is not known whether the new cluster `{}` collides with that one, or is the same with \
             another name; take it back with `git checkout HEAD -- {path}`",
            new.name(),
            path = path.display()
        ))),
    }
}

/// Where the repository is looked for: what is rendered into, else the first input.
fn anchor(output: Option<&Path>, inputs: &Inputs) -> PathBuf {
    let input = || inputs.names().iter().map(Path::new).find(|input| input.exists());
    let folder = |path: &Path| if path.is_dir() { path } else { path.parent().unwrap_or(path) }.to_owned();
    output.map(Path::to_owned).or_else(|| input().map(folder)).unwrap_or_else(|| ".".into())
}

/// What is deployed where nothing is named: the locks of the output directory, and for clusters that have none there, those of
/// the repository that were made from the same topology. They were rendered into another directory.
fn with_moved(
    in_output: Option<Deployed>,
    elsewhere: &[DeployedCluster],
    wanted: &WantedFleet,
    locks: &OutputLocks,
) -> Option<Deployed> {
    let is_without = |name: &str| matches!(locks.own(name), OwnLock::Missing);
    let clusters = elsewhere.to_vec();
    let pairing = pair(Deployed { name: String::new(), from: ReadFrom::History, clusters }, wanted);
    let pairs = wanted.topologies.iter().zip(pairing.pairs);
    let moved: Vec<DeployedCluster> =
        pairs.filter(|(it, _)| is_without(&it.name)).filter_map(|(_, moved)| moved).collect();
    if moved.is_empty() {
        return in_output;
    }
    let names = || joined(&moved.iter().map(|it| it.place().to_owned()).collect::<Vec<_>>());
    let name = in_output.as_ref().map_or_else(names, |in_output| in_output.name.clone());
    let clusters = in_output.into_iter().flat_map(|in_output| in_output.clusters).chain(moved).collect();
    Some(Deployed { name, from: ReadFrom::Directory, clusters })
}

/// A folder whose lock is that of another topology is not rendered over: nothing would judge the change.
fn refuse_taken_folders(
    texts: &[Text],
    accepted: &[Checked],
    wanted: &WantedFleet,
    forgotten: &BTreeSet<&str>,
    in_output: Option<&Deployed>,
    locks: &OutputLocks,
) -> Result<(), Failure> {
    let Some(in_output) = in_output else { return Ok(()) };
    let pairs = pair(in_output.clone(), wanted).pairs;
    for (checked, pair) in accepted.iter().zip(pairs) {
        let (name, source) = (&checked.topology.metadata.name, &texts[checked.document.text].name);
        let own = locks.own(name);
        let Some(own) = own.read().filter(|_| pair.is_none() && !forgotten.contains(name.as_str())) else { continue };
        let Some(lock) = own.recorded.lock() else { continue };
        return Err(Failure::Usage(format!(
            "{path} is the lock of `{}` of {} (seen from the output), not of `{name}` of {source}: render into another directory; \
             if the lock is in the wrong place, take it back with `git checkout HEAD -- {path}`; if the cluster moved from that \
             file, name both files as inputs",
            lock.cluster().name,
            lock.topology(),
            path = own.name
        )));
    }
    Ok(())
}

/// Orphaned folders: their topology is gone, and no such cluster is deployed.
fn stale(own: Deployed, deployed: Option<&Deployed>, wanted: &WantedFleet) -> Vec<String> {
    let is_deployed =
        |name: &str| deployed.is_some_and(|it| it.clusters.iter().any(|known| known.cluster.name == name));
    let gone = pair(own, wanted).gone.into_iter().map(|gone| gone.cluster.name.clone());
    gone.filter(|name| !is_deployed(name)).collect()
}

/// The folders of clusters whose topology is gone, as far as they are there.
fn leftovers(gone: &[Gone], stale: Vec<String>, locks: &OutputLocks, output: Option<&Path>) -> Vec<(String, OwnLock)> {
    let Some(output) = output else { return Vec::new() };
    let gone = gone.iter().map(|gone| gone.deployed.cluster.name.clone());
    let there = gone.chain(stale).filter(|name| output.join(name).join(LOCK_FILE_NAME).exists());
    there.map(|name| (name.clone(), locks.own(&name))).collect()
}
