//! E606: a generation of defaults that there is not.

use crate::cluster::generation::{newest, oldest};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E606",
    name: "revision",
    summary: "`spec.revision` names no generation of defaults",
    explain: "\
`spec.revision` names the generation of defaults that pod templates are made with. A cluster keeps its own when cassc is
upgraded, so that nothing restarts; raising the number takes the newer defaults and restarts the pods. A number that this
cassc does not know would give the defaults of another one.

Write a known number, or leave it out: a deployed cluster then keeps its generation, a new one gets the newest.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(revision) = subject.spec().revision else { return };
    if !(oldest()..=newest()).contains(&revision) {
        let at = subject.value(Route::of("spec.revision"), "");
        let complaint = RULE.complain(format!("there is no generation {revision} of defaults"), at);
        complaints.push(complaint.expected(format!("a number from {} to {}", oldest(), newest())));
    }
}
