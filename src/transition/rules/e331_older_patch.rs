//! E331: a downgrade to an older patch of the same release line.

use cassc_ring::facts::{BadUpgrade, bad_upgrade};

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E331",
    name: "older-patch",
    summary: "the Cassandra version of a deployed cluster was lowered to an older patch",
    explain: "\
The patches of a release line usually share one file format. Exceptions are listed in NEWS.txt under the patch that
introduced them. A downgrade also brings back every bug that was fixed in between.

Read NEWS.txt and CHANGES.txt of the patches in between. If none of them changed a format, accept E331 and name the problem
that you avoid as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.version, transition.after.version);
    if bad_upgrade(was, now) == Some(BadUpgrade::OlderPatch) {
        let at = At::of(Scope::Cluster, "cassandra.version", "version");
        let message = format!("downgrade: Cassandra {now} is older than the deployed {was}");
        let complaint = transition.refuse(&RULE, message, at, "older patch", format!("deployed: {was}"));
        let help = format!(
            "write `version: {was}`; if NEWS.txt lists no format change in between, add `{{code: E331, reason: …}}` to \
             `spec.accept`"
        );
        complaints.push(complaint.help(help));
    }
}
