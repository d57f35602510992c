//! E416: tokens allocated for more replicas than there are racks.

use std::collections::BTreeSet;

use super::config_findings::config_route;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E416",
    name: "token-allocation",
    summary: "tokens are allocated for more replicas than the datacenter has racks",
    explain: "\
With `allocate_tokens_for_local_replication_factor` a joining node chooses its tokens so that ownership stays even
for that many replicas. Cassandra can do so with one rack, or with at least as many racks as replicas; otherwise the
node refuses to join: `Token allocation failed: the number of racks 2 in datacenter dc1 is lower than its
replication factor 3`.

Write a number that is not above the number of racks, or leave the key out.",
};

const KEY: &str = "allocate_tokens_for_local_replication_factor";

/// The condition is that of `TokenAllocation.createStrategy` in 4.0, 4.1 and 5.0; racks without nodes are none.
pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
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
            let at = subject.value(config_route(written.level).key(KEY), "more than racks");
            let racks_at = subject.value(Level::Datacenter(index).route().key("racks"), format!("{racks} racks"));
            complaints
                .push(RULE.complain(message, at).label(racks_at).help(format!("write at most {racks}, or remove it")));
        }
    }
}
