//! E341: authentication is disabled on a running cluster.

use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::Authenticator;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E341",
    name: "passwords-switched-off",
    summary: "authentication is disabled on a running cluster",
    explain: "\
With `AllowAll` every client that reaches the CQL port can read, write and drop everything. Roles and permissions stay stored
but have no effect. Clients that send a password can still connect.

Write `authenticator: Password`. If only trusted clients can reach the port, accept E341 and describe the protection as the
reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if (transition.before.authenticator, transition.after.authenticator)
        == (Authenticator::Password, Authenticator::AllowAll)
    {
        let at = At::of(Scope::Cluster, "auth.authenticator", "authenticator");
        let message = "authentication is disabled: every client could read, write and drop everything";
        let complaint = transition.refuse(&RULE, message, at, "now `AllowAll`", "deployed: `Password`");
        let help = "write `authenticator: Password`; if the CQL port is protected, add `{code: E341, reason: …}` to \
                    `spec.accept`";
        complaints.push(complaint.help(help));
    }
}
