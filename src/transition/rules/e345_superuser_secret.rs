//! E345: another Secret of the first role.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E345",
    name: "superuser-secret-changed",
    summary: "the first role of a deployed cluster comes from another Secret",
    explain: "\
The Secret names the superuser that is made when the ring is founded. A role that was made from another Secret stays in the
ring, with its password and all its power; nobody takes it away. Cass Operator's webhook refuses such a change.

To rotate the password, write the new one into the same Secret. To have another role, make it, see that everybody uses it,
drop the old one, and accept the code with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (&transition.before.superuser_secret, &transition.after.superuser_secret);
    // A cluster of another name is said to be new already.
    if was != now && transition.before.name == transition.after.name {
        let at = At::of(Scope::Cluster, "auth.superuser.secretName", "superuserSecret");
        let message = format!("the superuser of the Secret `{was}` would stay beside that of `{now}`");
        let complaint = transition.refuse(&RULE, message, at, "makes another role", format!("was `{was}`"));
        complaints.push(complaint.help("to rotate the password, change it in the Secret itself"));
    }
}
