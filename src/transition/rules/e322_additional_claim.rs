//! E322: the claim of an additional volume was added, removed or changed in a deployed cluster.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, VolumeClaim, VolumeSource};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E322",
    name: "additional-claim-changed",
    summary: "the `claim` of an additional volume was added, removed or changed (volumeClaimTemplates are immutable)",
    explain: "\
The claim of an additional volume is a volumeClaimTemplate of every StatefulSet, which is immutable: the API server refuses
a new claim, a removed claim, and a changed class, size or access mode. CassKop and Cass Operator accept such a change and
fail later.

Leave the claims unchanged. Volumes from a ConfigMap, a Secret or an `emptyDir` can be added and removed at any time. To use
a different disk, write a second topology with a further datacenter of the same ring (`additionalSeeds`), rebuild it, and
decommission the old datacenter. Or delete the StatefulSets with `--cascade=orphan` and recreate them by hand.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the StatefulSet");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    // A cluster of which everything is new has no StatefulSet that could refuse.
    if transition.racks().is_empty() {
        return;
    }
    let (was, now) = (claims(transition.before), claims(transition.after));
    let names = was.keys().chain(now.keys().filter(|name| !was.contains_key(*name)));
    for name in names {
        let message = match (was.get(name), now.get(name)) {
            (before, after) if before == after => continue,
            (None, _) => format!("the volume `{name}` with a `claim` was added to a deployed cluster"),
            (_, None) => format!("the claim of the volume `{name}` was removed from a deployed cluster"),
            _ => format!("the claim of the volume `{name}` was changed in a deployed cluster"),
        };
        let at = At::of(Scope::Cluster, "storage.additionalVolumes", "additionalVolumes");
        let complaint = transition.refuse(&RULE, message, at, "claims are immutable", "deployed claims");
        complaints.push(complaint.help("write the deployed claims; `cassc explain E322` describes alternatives"));
    }
}

fn claims(cluster: &Cluster) -> BTreeMap<&str, &VolumeClaim> {
    let volumes = cluster.additional_volumes.iter();
    let claim = volumes.filter_map(|volume| match &volume.source {
        VolumeSource::Claim(claim) => Some((volume.name.as_str(), claim)),
        _ => None,
    });
    claim.collect()
}
