//! W427: a `-XX` option that is deprecated, that has no effect, or that the JVM of an own image may refuse.

use super::vm_options::judged;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W427",
    name: "vm-option-doubtful",
    summary: "a `-XX` option is deprecated, has no effect, or may keep the JVM of your image from starting",
    explain: "\
The JVM warns about deprecated options until a later JDK refuses them, and it ignores obsolete ones: what they were
written for does not happen. With `-XX:+IgnoreUnrecognizedVMOptions` it ignores misspelt options as well. An `image` of
your own may have another JDK than the published one. cassc judges its options by the JDK of the published image, and
only warns.

Remove the option, or write what takes its place.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let doubtful = judged(subject).into_iter().filter(|judged| judged.finding.problem.is_fatal() == judged.own_image);
    complaints.extend(doubtful.map(|judged| judged.complaint(&RULE, subject)));
}
