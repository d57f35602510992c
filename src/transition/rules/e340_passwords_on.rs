//! E340: passwords for a cluster that runs without.

use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::Authenticator;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E340",
    name: "passwords-switched-on",
    summary: "a cluster that lets everybody in is to ask for passwords",
    explain: "\
The roll turns one node after the other. Each that is done refuses clients without a name and a password, and clients whose
role does not exist or has no permissions. Roles with passwords cannot be made before: Cassandra takes `PASSWORD` only while
`PasswordAuthenticator` is at work (`CassandraRoleManager`), and nobody who is not logged in may make roles.

1. Give all clients a name and a password. `AllowAllAuthenticator` does not ask for them, so nothing else changes.
2. See that `replication.system` fits and repair `system_auth`.
3. Switch with `rollout: {canary: {pods: 1}}` and accept this code. One node asks for passwords; the drivers leave it alone.
4. On that node make the roles of the clients and grant them their permissions.
5. Remove `canary`; the other nodes follow.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if (transition.before.authenticator, transition.after.authenticator)
        == (Authenticator::AllowAll, Authenticator::Password)
    {
        let at = At::of(Scope::Cluster, "auth.authenticator", "authenticator");
        let message = "clients that run without passwords would be locked out";
        let complaint = transition.refuse(&RULE, message, at, "asks for passwords", "let everybody in");
        let help =
            "give the clients passwords first, switch one canary pod, make the roles there: `cassc explain E340`";
        complaints.push(complaint.help(help));
    }
}
