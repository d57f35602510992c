//! E340: authentication is enabled on a running cluster.

use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::Authenticator;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E340",
    name: "passwords-switched-on",
    summary: "authentication is enabled on a running cluster",
    explain: "\
The rolling restart changes one node at a time. A restarted node rejects clients without a user name and password, and
clients whose role does not exist or has no permissions. Roles with passwords cannot be created earlier: Cassandra accepts
`PASSWORD` only with `PasswordAuthenticator` (`CassandraRoleManager`), and only a logged-in role can create roles.

1. Configure a user name and a password in all clients. `AllowAllAuthenticator` does not ask for them, so nothing else
   changes.
2. Check that `replication.system` fits, and repair `system_auth`.
3. Switch with `rollout: {canary: {pods: 1}}` and accept E340. One node asks for passwords; the drivers avoid it.
4. On that node, create the roles of the clients and grant their permissions.
5. Remove `canary`, and restart the other nodes.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if (transition.before.authenticator, transition.after.authenticator)
        == (Authenticator::AllowAll, Authenticator::Password)
    {
        let at = At::of(Scope::Cluster, "auth.authenticator", "authenticator");
        let message = "authentication is enabled on a running cluster: clients without a password would be locked out";
        let complaint = transition.refuse(&RULE, message, at, "now `Password`", "deployed: `AllowAll`");
        let help = "give all clients passwords, then switch one canary pod and create the roles: `cassc explain E340`";
        complaints.push(complaint.help(help));
    }
}
