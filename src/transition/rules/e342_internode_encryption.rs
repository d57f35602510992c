//! E342: encryption between nodes that is switched while some nodes do not understand it.

use crate::cassandra::release::Minor;
use crate::check::{Check, Force, Rule};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::transition::Transition;
use crate::transition::effective::Effective;
use crate::transition::encryption::Internode;

pub(crate) const RULE: Rule = Rule {
    code: "E342",
    name: "internode-encryption-in-one-go",
    summary: "encryption between nodes is switched so that restarted and other nodes do not hear each other",
    explain: "\
The roll restarts one node after the other. Meanwhile nodes of both configurations must hear each other, or the ring falls
into two halves and no quorum holds. With `optional: true` a node (4.0 and later) accepts plain and encrypted connections on
the storage port; `internode_encryption` says how it speaks itself.

To switch on, in `cassandra.config.server_encryption_options`, each in a commit of its own and rolled to its end:
1. `internode_encryption: none` with `optional: true`, keystore and truststore: all nodes understand both.
2. `internode_encryption: all` (or `dc`, `rack`) with `optional: true`: they speak encrypted.
3. `optional` removed: they accept nothing else.

To switch off, the same backwards. 3.11 has no `optional`: upgrade first. A 3.11 that encrypts speaks on a port of its own;
its upgrade needs `legacy_ssl_storage_port_enabled: true` (`enable_legacy_ssl_storage_port` in 4.0) until it is done. If the
cluster may stand still while all nodes restart, accept the code and say so as the reason.",
    check: Check::Transition { check, force: Force::WithReason },
};

fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let internode = |cluster: &Cluster, effective: &Effective| Internode::of(cluster.version.minor, effective);
    for change in transition.changed_config_of(internode) {
        let (was, now) = (&change.before, &change.after);
        if now.hears(was) && was.hears(now) {
            continue;
        }
        let field = "cassandra.config.server_encryption_options";
        let at = change.at(field, "config.server_encryption_options");
        let message = format!("restarted nodes of {} and the others would not hear each other", change.whose());
        let complaint = transition.refuse(&RULE, message, at, shown(now), format!("was {}", shown(was)));
        complaints.push(complaint.help(help(
            transition.before.version.minor,
            transition.after.version.minor,
            was,
            now,
        )));
    }
}

fn shown(internode: &Internode) -> String {
    let optional = if internode.optional { ", optional" } else { "" };
    let of = if internode.is_3_11 { " of 3.11" } else { "" };
    format!("`{}`{optional}{of}", internode.mode)
}

/// The next commit that all nodes understand.
fn help(before: Minor, after: Minor, was: &Internode, now: &Internode) -> String {
    let step = |mode: &str| format!("write `internode_encryption: {mode}` with `optional: true` first");
    match (was.mode.as_str(), now.mode.as_str()) {
        _ if after == Minor::V3_11 => "3.11 cannot change it while it runs; upgrade first".to_owned(),
        (was, now) if before == Minor::V3_11 && was == now => {
            "open the port of 3.11 for the upgrade: `cassc explain E342`".to_owned()
        }
        (mode, _) if !was.optional => step(mode),
        (_, mode) => step(mode),
    }
}
