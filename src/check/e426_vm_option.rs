//! E426: a `-XX` option that the JVM of the image refuses.

use super::vm_options::judged;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E426",
    name: "vm-option",
    summary: "the JVM of the image does not start with a `-XX` option",
    explain: "\
A JVM ends at the first `-XX` option that it does not accept (`Unrecognized VM option`, `Improperly specified VM
option`, `must be enabled via -XX:+Unlock…`). The first pod of a rolling restart would not come back. cassc knows the
options of JDK 8 (Cassandra 3.11), JDK 11 (4.0 and 4.1) and JDK 17 (5.0), with their types and ranges. An upgrade to
5.0 therefore removes what JDK 17 no longer has, such as the options of CMS and of the GC log of JDK 8, in the same
commit.

Write the name, the value or the option that the complaint suggests. For an `image` of your own, whose JDK is unknown,
the same finding is the warning W427.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let refused = judged(subject).into_iter().filter(|judged| judged.finding.problem.is_fatal() && !judged.own_image);
    complaints.extend(refused.map(|judged| judged.complaint(&RULE, subject)));
}
