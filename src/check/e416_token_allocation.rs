//! E416: tokens allocated for more replicas than there are racks, or for a keyspace that does not exist yet.

use std::collections::BTreeSet;

use super::config_places::config_route;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::Founding;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E416",
    name: "token-allocation",
    summary: "tokens are allocated for more replicas than racks, or for a keyspace that does not exist yet",
    explain: "\
With `allocate_tokens_for_local_replication_factor` a joining node chooses its tokens so that ownership stays even for that
replication factor. This works with one rack, or with at least as many racks as replicas. Otherwise the node does not join:
`Token allocation failed: the number of racks 2 in datacenter dc1 is lower than its replication factor 3`.

With `allocate_tokens_for_keyspace` the keyspace must exist when a node joins. In a new ring it does not exist yet, and the
first node stops: `Problem opening token allocation keyspace`.

Write at most the number of racks, or remove the key. Write `allocate_tokens_for_keyspace` only when the keyspace exists, and
write `founding: never` with it.",
};

const KEY: &str = "allocate_tokens_for_local_replication_factor";

const KEYSPACE: &str = "allocate_tokens_for_keyspace";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    too_many_replicas(subject, complaints);
    keyspace_of_a_new_ring(subject, complaints);
}

/// `BootStrapper.allocateTokens` of every minor opens the keyspace, before a client can create it.
fn keyspace_of_a_new_ring(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if subject.spec().founding == Founding::Never {
        return;
    }
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let written = place.config_value(KEYSPACE).filter(|written| !written.value.is_null());
        let Some(written) = written else { continue };
        if seen.insert(written.level) {
            let message = format!("`{KEYSPACE}` names a keyspace, which a new ring does not have");
            let at = subject.value(config_route(written.level).key(KEYSPACE), "no keyspace yet");
            let help = "remove it; when the keyspace exists, add it together with `founding: never`";
            complaints.push(RULE.complain(message, at).help(help));
        }
    }
}

/// The condition is that of `TokenAllocation.createStrategy` in 4.0, 4.1 and 5.0; racks without nodes do not count.
fn too_many_replicas(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let Some(written) = place.config_value(KEY) else { continue };
        let value = &written.value;
        let Some(replicas) = value.as_u64().or_else(|| value.as_str()?.parse().ok()) else { continue };
        let index = place.datacenter_index;
        let racks = match subject.nodes_of_racks(index) {
            Some(counts) => counts.iter().filter(|nodes| **nodes > 0).count(),
            None => place.datacenter.racks.len(),
        };
        if racks > 1 && (racks as u64) < replicas && seen.insert((written.level, index)) {
            let name = &place.datacenter.name;
            let message =
                format!("tokens cannot be allocated for {replicas} replicas in the {racks} racks of `{name}`");
            let at = subject.value(config_route(written.level).key(KEY), format!("{replicas} replicas"));
            let racks_at = subject.value(Level::Datacenter(index).route().key("racks"), format!("{racks} racks"));
            complaints
                .push(RULE.complain(message, at).label(racks_at).help(format!("write at most {racks}, or remove it")));
        }
    }
}
