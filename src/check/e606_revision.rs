//! E606: an unknown revision of the defaults.

use crate::cluster::generation::{newest, oldest};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E606",
    name: "revision",
    summary: "`spec.revision` does not exist",
    explain: "\
`spec.revision` is the number of the defaults that cassc uses for pod templates. A deployed cluster keeps its revision when cassc
is upgraded, so that nothing restarts. A higher number uses newer defaults and needs a rolling restart.

Write an existing number, or remove the field: a deployed cluster keeps its revision, and a new cluster gets the newest.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(revision) = subject.spec().revision else { return };
    if !(oldest()..=newest()).contains(&revision) {
        let at = subject.value(Route::of("spec.revision"), "");
        let complaint = RULE.complain(format!("the revision {revision} does not exist"), at);
        complaints.push(complaint.expected(format!("a number from {} to {}", oldest(), newest())));
    }
}
