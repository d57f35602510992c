//! `spec.accept`: warnings that are meant to be so. Removes accepted warnings, complains about acceptances that accept
//! nothing (W604) or cannot be (E603), and turns the rest into errors where warnings are denied.

use std::collections::BTreeSet;

use super::{Check, Rule, Subject, rule};
use crate::diagnostic::{Diagnostic, DocumentId, Place, Route, Severity, nearest};
use crate::parse::Parsed;

pub(super) const E603: Rule = Rule {
    code: "E603",
    name: "acceptance",
    summary: "an entry of `spec.accept` names no warning or gives no reason",
    explain: "\
`spec.accept` records that a warning is meant to be so. The next reader needs two things: the code of the warning and
the reason. Errors cannot be accepted: what they describe would not work or would lose data.

Write `- {code: W113, reason: \"this cluster lives in one zone on purpose\"}`.",
    check: Check::Topology(check),
};

pub(super) const W604: Rule = Rule {
    code: "W604",
    name: "acceptance-unused",
    summary: "an entry of `spec.accept` accepts nothing",
    explain: "\
The warning that is accepted here does not come up any more. An acceptance that stays behind would hide the next
occasion, which nobody judged.

Remove the entry.",
    // Found by `settle`, which knows which acceptances were used.
    check: Check::Reading,
};

fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, acceptance) in subject.spec().accept.iter().enumerate() {
        let route = Route::of("spec.accept").index(index);
        let code = acceptance.code.as_str();
        let at = subject.value(route.key("code"), "");
        match rule(code) {
            Some(known) if known.code == code && known.severity() == Severity::Warning => {}
            Some(known) if known.code == code => {
                let message = format!("`{code}` is an error and cannot be accepted");
                complaints.push(E603.complain(message, at).help(format!("see `cassc explain {code}`")));
            }
            _ => {
                let warnings = super::RULES.iter().filter(|rule| rule.severity() == Severity::Warning);
                let near = nearest(code, warnings.map(|rule| rule.code));
                let complaint = E603.complain(format!("there is no warning `{code}`"), at);
                complaints.push(match near {
                    Some(near) => complaint.help(format!("did you mean `{near}`?")),
                    None => complaint,
                });
            }
        }
        if acceptance.reason.trim().is_empty() {
            let at = subject.value(route.key("reason"), "");
            complaints
                .push(E603.complain("an acceptance needs a reason", at).expected("a sentence for the next reader"));
        }
    }
}

/// What becomes of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warnings {
    /// They are shown.
    Show,
    /// They are errors (`--deny warnings`).
    Deny,
}

/// Removes accepted warnings, adds W604 for acceptances that accepted nothing, and raises warnings to errors where they
/// are denied. Complaints without an accepting document keep their weight.
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
    kept.extend(parsed.iter().flat_map(|parsed| unused(parsed, &used)));
    if warnings == Warnings::Deny {
        for complaint in &mut kept {
            complaint.severity = Severity::Error;
        }
    }
    kept
}

fn accepting(parsed: &[Parsed], complaint: &Diagnostic) -> Option<(DocumentId, usize)> {
    let Place::Value { document, .. } = complaint.labels.first()?.place else { return None };
    let topology = &parsed.iter().find(|parsed| parsed.document == document)?.topology;
    let accept = &topology.spec.accept;
    let entry = accept.iter().position(|entry| entry.code == complaint.code && !entry.reason.trim().is_empty())?;
    (complaint.severity == Severity::Warning).then_some((document, entry))
}

fn unused(parsed: &Parsed, used: &BTreeSet<(DocumentId, usize)>) -> Vec<Diagnostic> {
    let subject = Subject::new(parsed);
    let known = |code: &str| rule(code).is_some_and(|rule| rule.code == code && rule.severity() == Severity::Warning);
    let unused = |(index, code): (usize, &String)| {
        (known(code) && !used.contains(&(parsed.document, index))).then(|| {
            let at = subject.value(Route::of("spec.accept").index(index).key("code"), "");
            W604.complain(format!("`{code}` does not come up, so there is nothing to accept"), at)
                .help("remove the entry")
        })
    };
    let codes = parsed.topology.spec.accept.iter().map(|entry| &entry.code);
    codes.enumerate().filter_map(unused).collect()
}
