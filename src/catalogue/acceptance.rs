//! `spec.accept`: accepted warnings and forced changes. Removes accepted warnings, complains about entries that are unused
//! (W604) or not allowed (E603), and turns the remaining warnings into errors under `--deny warnings`. Accepted changes are
//! handled by [`crate::transition::judge`], which sees what is deployed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use cassc_wording::nearest;

use super::{rule, rules};
use crate::diagnostic::{Diagnostic, DocumentId, Label, Place, Route, Rule, Severity};
use crate::parse::Parsed;
use crate::subject::Subject;
use crate::transition::{self, Force};

const E603: Rule = Rule {
    code: "E603",
    name: "acceptance",
    summary: "an entry of `spec.accept` has a code that cannot be accepted, or no reason",
    explain: "\
`spec.accept` documents that a warning is intended, or that a refused change is forced. The next reader needs the code and
the reason. Other errors cannot be accepted, because the configuration would not work. Some changes cannot be forced either,
because they would fail or lose data in any case; `docs/transitions.md` lists them.

Write `- {code: W113, reason: \"this cluster runs in one zone on purpose\"}`. Remove the entry of a change once it is
deployed: a reason is valid for one change.",
};

const W604: Rule = Rule {
    code: "W604",
    name: "acceptance-unused",
    summary: "an entry of `spec.accept` is unused",
    explain: "\
The accepted warning is no longer reported. If the entry stays, it hides the same warning later, when nobody has reviewed
it.

Remove the entry.",
};

pub(super) const RULES: &[Rule] = &[E603, W604];

/// The entries whose code cannot be accepted, or that have no reason (E603).
fn unfit(parsed: &Parsed) -> Vec<Diagnostic> {
    let subject = Subject::new(parsed);
    let mut complaints = Vec::new();
    for (index, acceptance) in subject.spec().accept.iter().enumerate() {
        let route = Route::of("spec.accept").index(index);
        let at = subject.value(route.key("code"), "");
        let known = rule(&acceptance.code).filter(|rule| rule.code == acceptance.code);
        match known.map(|rule| (rule, acceptable(rule))) {
            Some((_, Ok(()))) => {}
            Some((rule, Err(why))) => {
                let message = format!("`{}` {why}", rule.code);
                complaints.push(E603.complain(message, at).help(format!("run `cassc explain {}`", rule.code)));
            }
            None => complaints.push(unknown(&acceptance.code, at)),
        }
        if acceptance.reason.trim().is_empty() {
            let at = subject.value(route.key("reason"), "");
            let complaint = E603.complain(format!("the entry for `{}` has no reason", acceptance.code), at);
            complaints.push(complaint.help("write `reason: \"…\"`, a sentence for the next reader"));
        }
    }
    complaints
}

/// Whether `spec.accept` may name a rule, or why not.
fn acceptable(rule: &Rule) -> Result<(), String> {
    let force = transition::rules().find(|(it, _)| it.code == rule.code).map(|(_, force)| force);
    match force {
        _ if rule.severity() == Severity::Warning => Ok(()),
        Some(Force::WithReason) => Ok(()),
        Some(Force::Never(why)) => Err(format!("cannot be accepted: {why}")),
        None => Err("is an error and cannot be accepted".to_owned()),
    }
}

fn unknown(code: &str, at: Label) -> Diagnostic {
    static ACCEPTABLE: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let acceptable = rules().into_iter().filter(|rule| acceptable(rule).is_ok());
        acceptable.map(|rule| rule.code).collect()
    });
    let complaint = E603.complain(format!("`{code}` is not a code that can be accepted"), at);
    match nearest(code, ACCEPTABLE.iter().copied()) {
        Some(near) => complaint.help(format!("did you mean `{near}`?")),
        None => complaint,
    }
}

/// How warnings are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warnings {
    /// As warnings.
    Show,
    /// As errors (`--deny warnings`).
    Deny,
}

/// Removes accepted warnings, adds E603 and W604 for invalid and unused entries, and turns warnings into errors if they
/// are denied. `parsed` is in the order of its documents.
pub fn settle(parsed: &[Parsed], complaints: Vec<Diagnostic>, warnings: Warnings) -> Vec<Diagnostic> {
    let mut used: BTreeSet<(DocumentId, usize)> = BTreeSet::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for complaint in complaints {
        match accepting(parsed, &complaint) {
            Some(entry) => {
                used.insert(entry);
            }
            None => kept.push(complaint),
        }
    }
    kept.extend(parsed.iter().flat_map(|parsed| unfit(parsed).into_iter().chain(unused(parsed, &used))));
    if warnings == Warnings::Deny {
        for complaint in &mut kept {
            complaint.severity = Severity::Error;
        }
    }
    kept
}

fn accepting(parsed: &[Parsed], complaint: &Diagnostic) -> Option<(DocumentId, usize)> {
    let Place::Value { document, .. } = complaint.labels.first()?.place else { return None };
    let position = parsed.binary_search_by_key(&document, |parsed| parsed.document).ok()?;
    let accept = &parsed[position].topology.spec.accept;
    let entry = accept.iter().position(|entry| entry.code == complaint.code && !entry.reason.trim().is_empty())?;
    (complaint.severity == Severity::Warning).then_some((document, entry))
}

fn unused(parsed: &Parsed, used: &BTreeSet<(DocumentId, usize)>) -> Vec<Diagnostic> {
    let subject = Subject::new(parsed);
    let known = |code: &str| rule(code).is_some_and(|rule| rule.code == code && rule.severity() == Severity::Warning);
    let unused = |(index, code): (usize, &String)| {
        (known(code) && !used.contains(&(parsed.document, index))).then(|| {
            let at = subject.value(Route::of("spec.accept").index(index).key("code"), "");
            W604.complain(format!("unused acceptance: {code} is not reported"), at).help("remove the entry")
        })
    };
    let codes = parsed.topology.spec.accept.iter().map(|entry| &entry.code);
    codes.enumerate().filter_map(unused).collect()
}
