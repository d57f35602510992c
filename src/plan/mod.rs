//! What a change will do, before anybody merges it: a deployed [`Cluster`] beside the wanted one → a [`Plan`], a value
//! that is printed as text, Markdown or JSON. The steps stand in the order of
//! execution; each with where it runs and what must hold before it. Pure. Nothing is guessed: what restarts is what has
//! another pod template.

mod difference;
mod doers;
mod facets;
mod fields;
mod leaves;
mod order;
mod reasons;
mod resources;
mod steps;
mod summary;
mod value;

pub(crate) use difference::Difference;
pub use value::{Amount, By, Change, Counts, Effect, Plan, PodCount, Refusal, Resources, Step, Verdict};

pub use cassc_ring::operation::{Operation, OperationKind};
use cassc_ring::precedence::ORDER;
pub use cassc_ring::step::{Action, ClaimGrowth, Guard, ObjectName, OperationChange, RackRoll, Stage};

use self::doers::Doers;
use crate::cluster::Cluster;
use crate::deliver::{Arranged, arrange};
use crate::lock::Lock;

/// The cluster that a plan begins at.
#[derive(Clone, Copy, Debug)]
pub struct Before<'d> {
    /// The cluster.
    pub cluster: &'d Cluster,
    /// The lock, where there is one: it records the files and pod templates that were rendered, whichever version of cassc renders
    /// today.
    pub lock: Option<&'d Lock>,
}

/// Plans a change; without anything deployed the cluster is new. What is refused is the rules' to say
/// ([`crate::transition::judge`]) and the caller's to add.
pub fn plan(deployed: Option<&Before<'_>>, after: &Cluster) -> Plan {
    plan_arranged(deployed, after, &arrange(after), None)
}

/// The same, where the files of the cluster were made already. `output` is the directory that is rendered into, where it is
/// known, as the commands in the plan name it.
pub(crate) fn plan_arranged(
    deployed: Option<&Before<'_>>,
    after: &Cluster,
    arranged: &Arranged,
    output: Option<&str>,
) -> Plan {
    let difference = Difference::new(deployed, Some(after), arranged, output);
    let verdict = match (deployed, difference.is_empty()) {
        (None, _) => Verdict::New,
        (Some(_), true) => Verdict::Unchanged,
        (Some(_), false) => Verdict::Changed,
    };
    of_difference(&after.name, verdict, &difference)
}

/// Plans what becomes of a deployed cluster whose topology is gone. `output` is the directory that is rendered into, where
/// it is known.
pub fn deletion(deployed: &Before<'_>, output: Option<&str>) -> Plan {
    let difference = Difference::new(Some(deployed), None, &Arranged::default(), output);
    of_difference(&deployed.cluster.name, Verdict::Deleted, &difference)
}

fn of_difference(cluster: &str, verdict: Verdict, difference: &Difference<'_>) -> Plan {
    let steps = if difference.is_empty() { Vec::new() } else { steps(difference) };
    let counts = summary::counts(&steps);
    Plan {
        cluster: cluster.to_owned(),
        verdict,
        summary: summary::line(verdict, counts, &steps),
        counts,
        resources: resources::asked(difference),
        changes: summary::changes(difference),
        steps,
        refusals: Vec::new(),
        accepted: Vec::new(),
        overrides: difference
            .after
            .map(|it| it.overrides.iter().map(|(of, _)| of.to_owned()).collect())
            .unwrap_or_default(),
    }
}

/// The steps in the order of execution.
fn steps(difference: &Difference<'_>) -> Vec<Step> {
    let doers = Doers::of(difference);
    let mut placed = Vec::new();
    for row in &ORDER {
        for action in order::actions(row.kind, difference) {
            let (stage, by) = doers.of_step(row, &action);
            let step = Step { stage, by, guards: order::guards(row, &action), action };
            placed.push((doers.place(row, stage, &step.action), step));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, step)| step).collect()
}

#[cfg(test)]
mod tests;
