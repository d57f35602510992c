//! E345: the superuser Secret of a deployed cluster changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E345",
    name: "superuser-secret-changed",
    summary: "the superuser Secret of a deployed cluster changed",
    explain: "\
The Secret holds the name and password of the superuser, a role that you created when the ring was new. A different Secret
does not remove that role: it stays in the ring with its password and permissions. Cass Operator's webhook refuses this
change too.

To rotate the password, run `ALTER ROLE` and write the new password into the same Secret. To use a different role, create it,
move all its users to it, drop the old role, and accept E345 with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (&transition.before.superuser_secret, &transition.after.superuser_secret);
    // E301 refuses a renamed cluster.
    if was != now && transition.before.name == transition.after.name {
        let at = At::of(Scope::Cluster, "auth.superuser.secretName", "superuserSecret");
        let message =
            format!("the superuser Secret changed from `{was}` to `{now}`: the old superuser would stay in the ring");
        let complaint = transition.refuse(&RULE, message, at, format!("now `{now}`"), format!("deployed: `{was}`"));
        let help = format!(
            "write `secretName: {was}`; if the old role is dropped, add `{{code: E345, reason: …}}` to `spec.accept`"
        );
        complaints.push(complaint.help(help));
    }
}
