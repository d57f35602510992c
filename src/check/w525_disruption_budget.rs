//! W525: a disruption budget that permits the eviction of a quorum, or of no pod.

use std::collections::BTreeSet;

use super::e524_budget_number::route;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "W525",
    name: "disruption-budget",
    summary: "the disruption budget allows more evictions than replication tolerates, or none",
    explain: "\
The disruption budget of a datacenter counts the pods of all its racks. With three replicas a quorum survives the loss of
one. If two pods of different racks are unavailable, some rows can be neither read nor written at QUORUM or LOCAL_QUORUM.
With five replicas two may be unavailable.

With `maxUnavailable: 0` no pod can be evicted, and `kubectl drain` of a worker waits.

Keep 1, the default. Accept the warning if a worker runs several pods of one rack and is drained as a whole; then drain the
workers of one zone after those of a different zone. With 0, accept the warning if drains must wait.",
};

/// What `replication.system` is by default, and what rows usually have.
const USUAL_REPLICAS: u32 = 3;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    let mut seen = BTreeSet::new();
    for (index, datacenter) in spec.datacenters.iter().enumerate() {
        let own = datacenter.disruption_budget.max_unavailable.map(|number| (Level::Datacenter(index), number));
        let written = own.or_else(|| Some((Level::Cluster, spec.disruption_budget.max_unavailable?)));
        let nodes = subject.nodes_of_racks(index).unwrap_or_default().iter().copied().fold(0, u32::saturating_add);
        let Some((level, number)) = written.filter(|_| nodes > 1) else { continue };
        let replicas = spec.replication.system.unwrap_or(USUAL_REPLICAS).min(nodes);
        let survived = replicas.saturating_sub(1) / 2;
        let message = match number {
            0 => format!("no pod of `{}` can be evicted", datacenter.name),
            number if number > survived.max(1) => {
                let pods = format!("{number} pods of `{}` may be evicted at the same time", datacenter.name);
                match replicas {
                    0..=2 => format!("{pods}, but with fewer than 3 replicas a quorum needs all of them"),
                    _ => format!("{pods}, but a quorum of {replicas} replicas tolerates the loss of {survived}"),
                }
            }
            _ => continue,
        };
        if seen.insert((level, number, replicas)) {
            let complaint = RULE.complain(message, subject.value(route(level), ""));
            complaints.push(complaint.help(if number == 0 {
                "accept the warning if drains are meant to wait, and raise it again afterwards".to_owned()
            } else {
                let most = survived.max(1);
                format!("write {most}, or accept W525 if the pods of a worker belong to one rack")
            }));
        }
    }
}
