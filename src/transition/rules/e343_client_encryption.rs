//! E343: client encryption changes in one step.

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::encryption::Clients;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E343",
    name: "client-encryption-in-one-go",
    summary: "client encryption changes in one step: clients are locked out",
    explain: "\
A restarted node rejects clients that still connect the old way. With `optional: true` a node accepts unencrypted and
encrypted connections on the same port.

In `cassandra.config.client_encryption_options`, write `enabled: true` with `optional: true` and complete the rolling
restart. Move all clients, and then remove `optional`. To switch encryption off, use the reverse order. With
`require_client_auth: true` every client needs a certificate. Clients may send one before it is required, so give every
client a certificate first. If all clients are ready, or no client runs, accept E343 with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let clients = |cluster: &Cluster, effective: &Effective| Clients::of(cluster.version.minor, effective);
    for change in transition.changed_config_of(clients) {
        let (was, now) = (change.before, change.after);
        let help = if now == Clients::Certified {
            "give every client a certificate first, and add `{code: E343, reason: …}` to `spec.accept`"
        } else if [was, now].contains(&Clients::Either) || (was, now) == (Clients::Certified, Clients::Encrypted) {
            continue;
        } else {
            "write `enabled: true` with `optional: true`, move the clients, and remove `optional` in a later commit"
        };
        let field = "cassandra.config.client_encryption_options";
        let at = change.at(field, "config.client_encryption_options");
        let message =
            format!("client encryption of {} changes in one step: clients would be locked out", change.whose());
        let complaint = transition.refuse(&RULE, message, at, now.words(), format!("deployed: {}", was.words()));
        complaints.push(complaint.help(help));
    }
}
