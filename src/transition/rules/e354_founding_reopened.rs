//! E354: `founding` changed from `never` to `auto`.

use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::Founding;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E354",
    name: "founding-reopened",
    summary: "`founding` of a deployed cluster changed from `never` to `auto`",
    explain: "\
With `founding: never` the ring exists, and a pod with an empty volume waits for it. With `auto` the first pod founds a ring
if its volume is empty and it finds no other node. After a disaster that would be a second, empty ring in place of the ring
that you want to restore.

Keep `founding: never`; it has no disadvantage once every node has been ready under cassc. If nodes with data wait, as after
the adoption or the restore of a cluster, vouch for them (docs/when-a-pod-waits.md). To start again with an empty cluster,
accept E354 with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if (transition.before.founding, transition.after.founding) == (Founding::Never, Founding::Auto) {
        let at = At::of(Scope::Cluster, "founding", "founding");
        let message = "`founding` changed from `never` to `auto`: a pod with an empty volume could found a second ring";
        let complaint = transition.refuse(&RULE, message, at, "now `auto`", "deployed: `never`");
        complaints.push(complaint.help("write `founding: never`"));
    }
}
