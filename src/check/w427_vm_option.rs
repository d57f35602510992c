//! W427: a `-XX` option that is deprecated, has no effect, or may be refused by the JVM of your own image.

use super::vm_options::judged;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W427",
    name: "vm-option-doubtful",
    summary: "a `-XX` option is deprecated, has no effect, or may keep the JVM of your image from starting",
    explain: "\
The JVM warns about deprecated options until a later JDK refuses them. It ignores obsolete options, so they have no effect.
With `-XX:+IgnoreUnrecognizedVMOptions` it also ignores misspelt options. Your own `image` may have a different JDK than the
published image. cassc checks its options against the JDK of the published image, and only warns.

Remove the option, or write its replacement.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let doubtful = judged(subject).into_iter().filter(|judged| judged.finding.problem.is_fatal() == judged.own_image);
    complaints.extend(doubtful.map(|judged| judged.complaint(&RULE, subject)));
}
