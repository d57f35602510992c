//! E354: a ring that may be founded again.

use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::Founding;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E354",
    name: "founding-reopened",
    summary: "`founding` of a deployed cluster goes from `never` to `auto`",
    explain: "\
`founding: never` says that the ring exists: an empty volume waits for it. With `auto` the first pod may found a ring when its
volume is empty and it finds nobody: after a disaster that would be a second, empty ring in the place of the one that a
backup is meant to bring back.

Leave `founding: never`. It costs nothing once the ring exists. If the cluster is to begin anew, accept the code and say so
as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if (transition.before.founding, transition.after.founding) == (Founding::Never, Founding::Auto) {
        let at = At::of(Scope::Cluster, "founding", "founding");
        let message = "an empty volume could found a second ring";
        let complaint =
            transition.refuse(&RULE, message, at, "`founding` is `auto` unless it is written", "was `never`");
        complaints.push(complaint.help("write `founding: never`"));
    }
}
