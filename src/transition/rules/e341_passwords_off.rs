//! E341: no more passwords.

use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::Authenticator;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E341",
    name: "passwords-switched-off",
    summary: "a cluster that asks for passwords is to let everybody in",
    explain: "\
With `AllowAll` whoever reaches the CQL port reads, writes and drops everything; roles and permissions stay stored and count
for nothing. Clients that send a password still get in.

If the port is closed to everybody else, accept the code and say how as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if (transition.before.authenticator, transition.after.authenticator)
        == (Authenticator::Password, Authenticator::AllowAll)
    {
        let at = At::of(Scope::Cluster, "auth.authenticator", "authenticator");
        let message = "whoever reaches the CQL port could read, write and drop everything";
        let complaint = transition.refuse(&RULE, message, at, "lets everybody in", "asked for passwords");
        complaints.push(complaint.help("write `authenticator: Password`, or accept E341 and say what guards the port"));
    }
}
