//! E331: an older patch of the same release line.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E331",
    name: "older-patch",
    summary: "a deployed cluster is to run an older patch of its release line",
    explain: "\
Within a release line the formats are the same, as a rule; there were exceptions, and each stands in NEWS.txt under the patch
that brought it. Going back brings back every fault that was mended in between.

Read NEWS.txt and CHANGES.txt of the patches in between. If none of them changed a format, accept the code and say what you
are running away from as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.version, transition.after.version);
    if now.minor == was.minor && now.patch < was.patch {
        let at = At::of(Scope::Cluster, "cassandra.version", "version");
        let message = format!("Cassandra {now} is older than {was}, which is deployed");
        let complaint = transition.refuse(&RULE, message, at, "an older patch", format!("was {was}"));
        complaints.push(complaint.help("if NEWS.txt names no change of a format in between, accept E331"));
    }
}
