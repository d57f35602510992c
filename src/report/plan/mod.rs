//! Plans as people and programs read them: [`text`] for a terminal, [`markdown`] for a pull request, [`json`] for
//! programs. A [`FleetPlan`] comes in, a text goes out; called by the command line and by the goldens. Nothing is
//! decided here.

mod escape;
mod json;
mod markdown;
mod text;
mod words;

pub use json::{FORMAT, FleetPlan, json, json_schema};
pub use markdown::{LIMIT, MARKER, markdown};
pub use text::text;

use cassc_wording::counted_as;

use crate::plan::{By, Plan, Stage, Verdict};

/// How many unchanged clusters are named rather than counted.
const NAMED_UNCHANGED: usize = 3;

/// What is said of objects with overrides.
const OVERRIDDEN: &str = "cassc does not check what these patches do";

/// The last line where a plan has steps that no Job runs.
const BY_HAND: &str = "Do the steps of prepare and settle by hand: docs/plan.md has the commands. With `steps` in the topology a Job does them.";

/// The last line where a plan has steps of a Job.
const BY_JOB: &str =
    "The Job of cassc-step does the steps marked job, once it is applied: docs/steps.md says how to follow it.";

/// The plans of a fleet by how much they contain, each group in the order of the fleet.
struct Groups<'f> {
    refused: Vec<&'f Plan>,
    told: Vec<&'f Plan>,
    unchanged: Vec<&'f Plan>,
}

fn groups(fleet: &FleetPlan) -> Groups<'_> {
    let mut groups = Groups { refused: Vec::new(), told: Vec::new(), unchanged: Vec::new() };
    for plan in &fleet.plans {
        let group = match plan.verdict {
            Verdict::Refused => &mut groups.refused,
            Verdict::Unchanged if !is_worth_telling(plan) => &mut groups.unchanged,
            Verdict::New | Verdict::Unchanged | Verdict::Changed | Verdict::Deleted => &mut groups.told,
        };
        group.push(plan);
    }
    groups
}

/// Whether no cluster of a fleet has anything to do: nothing that is deployed changes, no step is left, and nothing is
/// refused. A change of the topology that changes no object is nothing to do.
pub(crate) fn is_nothing_to_do(fleet: &FleetPlan) -> bool {
    fleet.plans.iter().all(|plan| plan.verdict == Verdict::Unchanged && plan.steps.is_empty())
}

fn is_worth_telling(plan: &Plan) -> bool {
    !(plan.changes.is_empty() && plan.steps.is_empty() && plan.accepted.is_empty())
}

/// What is said at the end of steps that the delivery tool does not do: who does those of prepare and settle.
fn who_does_the_rest(plans: &[&Plan]) -> Vec<&'static str> {
    let is_done = |by: By| {
        let steps = plans.iter().flat_map(|plan| &plan.steps);
        steps.filter(|step| matches!(step.stage, Stage::Prepare | Stage::Settle)).any(|step| step.by == by)
    };
    [(By::You, BY_HAND), (By::Job, BY_JOB)].into_iter().filter(|(by, _)| is_done(*by)).map(|(_, told)| told).collect()
}

/// The word for a verdict that is not the usual one.
fn verdict_word(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::New => Some("new"),
        Verdict::Deleted => Some("deleted"),
        Verdict::Refused => Some("refused"),
        Verdict::Changed | Verdict::Unchanged => None,
    }
}

/// `1 cluster is refused, 2 change, 995 are unchanged`.
fn tally(fleet: &FleetPlan) -> String {
    let count = |wanted| fleet.plans.iter().filter(|plan| plan.verdict == wanted).count();
    let kinds = [
        (count(Verdict::Refused), "is refused", "are refused"),
        (count(Verdict::Changed), "changes", "change"),
        (count(Verdict::New), "is new", "are new"),
        (count(Verdict::Deleted), "is deleted", "are deleted"),
        (count(Verdict::Unchanged), "is unchanged", "are unchanged"),
    ];
    tallied(("cluster", "clusters"), &kinds)
}

/// How many of each kind there are; the first of them has the noun.
fn tallied(noun: (&str, &str), kinds: &[(usize, &str, &str)]) -> String {
    let kinds = kinds.iter().filter(|(number, ..)| *number > 0);
    let part = |(position, (number, singular, plural)): (usize, &(usize, &str, &str))| match position {
        0 => counted_as(*number, &format!("{} {singular}", noun.0), &format!("{} {plural}", noun.1)),
        _ => counted_as(*number, singular, plural),
    };
    kinds.enumerate().map(part).collect::<Vec<_>>().join(", ")
}
