//! Every accepted topology beside what is deployed of it: the cluster as it is to be, what the rules about transitions
//! say, and the clusters whose topology is gone. Called by the verbs that plan or write. Pure, but for the caller's
//! `after`, which may read the lock that stands in the output directory.

use rayon::prelude::*;

use crate::check::Checked;
use crate::cluster::Cluster;
use crate::deliver::Arranged;
use crate::deployed::{Deployed, DeployedCluster, WantedFleet, pair};
use crate::diagnostic::Diagnostic;
use crate::emit::EmitError;
use crate::parse::Text;
use crate::plan::{self, Plan, Verdict};
use crate::report;
use crate::subject::Subject;
use crate::transition::{self, Accepted, Judgment, Transition, Was};

/// What a cluster is judged against, and what the judgment is.
#[derive(Debug)]
pub struct Assessed {
    /// What is deployed; `None` for a new cluster.
    pub deployed: Option<DeployedCluster>,
    /// What the rules say.
    pub judgment: Judgment,
}

/// A deployed cluster whose topology is gone.
#[derive(Debug)]
pub struct Gone {
    /// What is deployed.
    pub deployed: DeployedCluster,
    /// Whether the deployed topology accepts its end.
    pub judgment: Result<Accepted, Diagnostic>,
}

/// The judgment of a whole fleet.
#[derive(Debug)]
pub struct Assessment {
    /// In the order of the topologies.
    pub clusters: Vec<Assessed>,
    /// Those without a topology.
    pub gone: Vec<Gone>,
}

/// Judges every topology. `after` makes the cluster of a topology, given what is deployed of it. Texts of what is
/// deployed are put to `texts` where a complaint needs them.
pub fn assess(
    texts: &mut Vec<Text>,
    parsed: &[Checked],
    wanted: &WantedFleet,
    deployed: Deployed,
    after: impl Fn(&Checked, Option<&DeployedCluster>) -> Result<Cluster, EmitError> + Sync,
) -> Result<Assessment, EmitError> {
    let pairing = pair(deployed, wanted);
    let judge_quickly = |(parsed, deployed): (&Checked, Option<DeployedCluster>)| {
        let Some(deployed) = deployed else { return Ok(Assessed { deployed, judgment: Judgment::default() }) };
        let judgment = judge(texts, parsed, &after(parsed, Some(&deployed))?, &deployed, Was::default());
        Ok(Assessed { deployed: Some(deployed), judgment })
    };
    let pairs = parsed.par_iter().zip(pairing.pairs.into_par_iter());
    let mut clusters: Vec<Assessed> = pairs.map(judge_quickly).collect::<Result<_, EmitError>>()?;
    for (parsed, assessed) in parsed.iter().zip(&mut clusters) {
        let refused = !assessed.judgment.refused.is_empty();
        let Some(deployed) = assessed.deployed.as_ref().filter(|_| refused) else { continue };
        let was = deployed.was(texts);
        assessed.judgment = judge(texts, parsed, &after(parsed, Some(deployed))?, deployed, was);
    }
    let gone = pairing.gone.into_iter().map(|deployed| {
        let was = deployed.was(texts);
        Gone { judgment: transition::deletion(&deployed.cluster, was), deployed }
    });
    Ok(Assessment { clusters, gone: gone.collect() })
}

fn judge(texts: &[Text], parsed: &Checked, after: &Cluster, deployed: &DeployedCluster, was: Was) -> Judgment {
    let subject = Subject::new(parsed);
    let before = &deployed.cluster;
    let rings = (before.ring(), after.ring());
    transition::judge(&Transition { subject: &subject, after, before, texts, was, rings })
}

impl Assessment {
    /// Everything that is refused, in the order of the topologies.
    pub fn refusals(&self) -> Vec<&Diagnostic> {
        let clusters = self.clusters.iter().flat_map(|assessed| &assessed.judgment.refused);
        clusters.chain(self.gone.iter().filter_map(|gone| gone.judgment.as_ref().err())).collect()
    }
}

impl Assessed {
    /// The plan of this cluster, with what is refused and accepted.
    pub fn plan(&self, texts: &[Text], after: &Cluster, arranged: &Arranged) -> Plan {
        let deployed = self.deployed.as_ref().map(as_planned);
        let plan = plan::plan_arranged(deployed.as_ref(), after, arranged);
        judged(plan, texts, &self.judgment.refused, self.judgment.accepted.clone())
    }
}

impl Gone {
    /// The plan of this end.
    pub fn plan(&self, texts: &[Text]) -> Plan {
        let plan = plan::deletion(&as_planned(&self.deployed));
        match &self.judgment {
            Ok(accepted) => judged(plan, texts, &[], vec![accepted.clone()]),
            Err(refused) => judged(plan, texts, std::slice::from_ref(refused), Vec::new()),
        }
    }
}

fn as_planned(deployed: &DeployedCluster) -> plan::Before<'_> {
    plan::Before { cluster: &deployed.cluster, lock: deployed.lock.as_ref() }
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
