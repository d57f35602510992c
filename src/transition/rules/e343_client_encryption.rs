//! E343: encryption to clients that is switched in one go.

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::encryption::Clients;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E343",
    name: "client-encryption-in-one-go",
    summary: "encryption to clients is switched without a time in which both kinds of clients get in",
    explain: "\
A node that is done with its restart refuses the clients that speak as they always did. With `optional: true` a node takes
plain and encrypted connections on the same port.

In `cassandra.config.client_encryption_options`: write `enabled: true` with `optional: true` and let it roll; move all clients;
then remove `optional`. To switch encryption off, the same backwards. With `require_client_auth: true` a client needs a
certificate of its own; it may show one before anybody asks, so give every client one first. If that is done, or no
client runs, accept the code and say so as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let clients = |cluster: &Cluster, effective: &Effective| Clients::of(cluster.version.minor, effective);
    for change in transition.changed_config_of(clients) {
        let (was, now) = (change.before, change.after);
        let help = if now == Clients::Certified {
            "give every client a certificate first, then accept E343 with that as the reason"
        } else if [was, now].contains(&Clients::Either) || (was, now) == (Clients::Certified, Clients::Encrypted) {
            continue;
        } else {
            "write `enabled: true` with `optional: true` first, and move the clients"
        };
        let field = "cassandra.config.client_encryption_options";
        let at = change.at(field, "config.client_encryption_options");
        let message = format!("clients of {} would be locked out while they are moved", change.whose());
        let complaint = transition.refuse(&RULE, message, at, now.words(), format!("took {}", was.words()));
        complaints.push(complaint.help(help));
    }
}
