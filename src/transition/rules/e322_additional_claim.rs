//! E322: an additional volume with a claim that comes, goes or changes under a StatefulSet that exists.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, VolumeClaim, VolumeSource};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E322",
    name: "additional-claim-changed",
    summary: "an additional volume with a `claim` comes, goes or changes in a deployed cluster",
    explain: "\
The claim of an additional volume is a claim template of every StatefulSet, and those are immutable: the API server refuses
one more, one less, and another class, size or access mode. CassKop and Cass Operator let such an edit through and fail
later.

Leave the claims as they are. Volumes from a ConfigMap, a Secret or an `emptyDir` come and go freely. For another disk, add a
cluster of its own for a further datacenter of the ring (`additionalSeeds`), rebuild it, and let the old one leave; or delete
the StatefulSets with `--cascade=orphan` and have them made anew by hand.",
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
            (None, _) => format!("the volume `{name}` cannot be added with a `claim`"),
            (_, None) => format!("the claim of the volume `{name}` cannot go"),
            _ => format!("the claim of the volume `{name}` cannot change"),
        };
        let at = At::of(Scope::Cluster, "storage.additionalVolumes", "additionalVolumes");
        let complaint = transition.refuse(&RULE, message, at, "claim templates never change", "what they were");
        complaints.push(complaint.help("leave the claims as they were; `cassc explain E322` tells the ways around"));
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
