//! E426: a `-XX` option that the JVM of the image refuses.

use super::vm_options::judged;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E426",
    name: "vm-option",
    summary: "the JVM of the image does not start with a `-XX` option",
    explain: "\
A JVM exits at the first `-XX` option that it does not accept (`Unrecognized VM option`, `Improperly specified VM option`,
`must be enabled via -XX:+Unlock…`). The first pod of a rolling restart would not come back. cassc checks options, types and
ranges of JDK 8 (Cassandra 3.11), JDK 11 (4.0 and 4.1) and JDK 17 (5.0). For an upgrade to 5.0, remove the options that JDK 17
no longer has, such as those of CMS and of the GC log of JDK 8, in the same commit.

Write what the help line suggests. For your own `image`, whose JDK is unknown, W427 is reported instead.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let refused = judged(subject).into_iter().filter(|judged| judged.finding.problem.is_fatal() && !judged.own_image);
    complaints.extend(refused.map(|judged| judged.complaint(&RULE, subject)));
}
