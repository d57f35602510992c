//! What becomes of a transition: the refusals, and those that the topology accepts with a reason. Called by the
//! assessment of a fleet.

use schemars::JsonSchema;
use serde::Serialize;

use super::Transition;
use super::rules::{Force, RULES, TransitionRule};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::topology::Acceptance;

/// The judgment of a transition.
#[derive(Clone, Debug, Default)]
pub struct Judgment {
    /// What is refused. Nothing is rendered while there is any.
    pub refused: Vec<Diagnostic>,
    /// What would be refused and is accepted; it stays visible in the plan.
    pub accepted: Vec<Accepted>,
}

/// A refusal that the topology accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// The code of the rule.
    pub code: String,
    /// Its message.
    pub message: String,
    /// Why it is accepted, in the words of the topology.
    pub reason: String,
}

/// Runs every rule about transitions, in the order of their codes.
pub fn judge(transition: &Transition<'_>) -> Judgment {
    let mut judgment = Judgment::default();
    // A cluster that stays as it is cannot be refused; most of a fleet does.
    if transition.before == transition.after {
        return judgment;
    }
    for TransitionRule { rule, force, check } in RULES {
        let mut complaints = Vec::new();
        check(transition, &mut complaints);
        match (force, acceptance(transition, rule)) {
            (Force::WithReason, Some((_, acceptance))) if !is_old(transition, acceptance) => {
                judgment.accepted.extend(complaints.into_iter().map(|complaint| Accepted {
                    code: rule.code.to_owned(),
                    message: complaint.message,
                    reason: acceptance.reason.clone(),
                }));
            }
            (Force::WithReason, Some((index, _))) => {
                let at = Route::of("spec.accept").index(index).key("reason");
                let label = || transition.subject.value(at.clone(), "reason of an earlier change; write a new reason");
                judgment.refused.extend(complaints.into_iter().map(|complaint| complaint.label(label())));
            }
            _ => judgment.refused.extend(complaints),
        }
    }
    judgment
}

/// The acceptance of a rule, with its position in the list; one with a new reason where there are several.
fn acceptance<'t>(transition: &Transition<'t>, rule: &Rule) -> Option<(usize, &'t Acceptance)> {
    let acceptances = transition.subject.spec().accept.iter().enumerate();
    let of_rule = acceptances.filter(|(_, it)| it.code == rule.code && !it.reason.trim().is_empty());
    of_rule.min_by_key(|(_, acceptance)| is_old(transition, acceptance))
}

/// Whether an acceptance is one that was deployed: it was for a change that is made. The next node that is taken away
/// must not pass under the reason of the last one.
fn is_old(transition: &Transition<'_>, acceptance: &Acceptance) -> bool {
    transition.before.accept.contains(acceptance)
}
