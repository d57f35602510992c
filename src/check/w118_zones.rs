//! W118: racks that share a zone, or of which only some have a zone.

use std::collections::BTreeMap;

use cassc_wording::quoted;

use super::e107_zone_conflict::ZONE_LABEL;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::{Level, NestedRack};

pub(super) const RULE: Rule = Rule {
    code: "W118",
    name: "zones",
    summary: "racks of a datacenter share a zone, or only some of them have a zone",
    explain: "\
A rack is a failure domain, and Cassandra spreads replicas over racks. If two racks are in one zone, a lost zone takes two
replicas. The pods of a rack without a zone are scheduled anywhere, also in the zone of a different rack.

Give each rack of a datacenter its own zone. If the workers have no zone labels, write no zones at all.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let mut by_zone: BTreeMap<&str, Vec<(&NestedRack<'_>, Route)>> = BTreeMap::new();
        let mut without = Vec::new();
        for place in subject.racks_of(index) {
            match zone(place) {
                Some((zone, route)) => by_zone.entry(zone).or_default().push((place, route)),
                None => without.push(place),
            }
        }
        for (zone, racks) in &by_zone {
            complaints.extend(shared(subject, zone, racks));
        }
        let with = by_zone.values().flatten().next();
        if let (Some((with, route)), Some(without)) = (with, without.first()) {
            let (with, name) = (&with.rack.name, &without.rack.name);
            let message =
                format!("the rack `{with}` of `{}` has a zone, but the rack `{name}` has not", datacenter.name);
            let at = subject.value(without.level().route().key("name"), "no zone");
            let complaint = RULE.complain(message, at).label(subject.value(route.clone(), "has a zone"));
            complaints.push(complaint.help("add `zone` to every rack of the datacenter"));
        }
    }
}

/// The zone that the pods of a rack are pinned to, and where it is written.
fn zone<'t>(place: &NestedRack<'t>) -> Option<(&'t str, Route)> {
    let rack = place.level().route();
    let labels = |route: Route| route.key("nodeLabels").key(ZONE_LABEL);
    let of_rack = place.rack.zone.as_deref().map(|zone| (zone, rack.key("zone")));
    let of_label = || Some((place.rack.node_labels.get(ZONE_LABEL)?.as_str(), labels(rack)));
    let of_datacenter = || {
        let route = Level::Datacenter(place.datacenter_index).route();
        Some((place.datacenter.node_labels.get(ZONE_LABEL)?.as_str(), labels(route)))
    };
    of_rack.or_else(of_label).or_else(of_datacenter)
}

fn shared(subject: &Subject<'_>, zone: &str, racks: &[(&NestedRack<'_>, Route)]) -> Option<Diagnostic> {
    let ((first, first_route), (_, last_route)) = (racks.first()?, racks.get(1)?);
    let names = quoted(&racks.iter().map(|(place, _)| place.rack.name.as_str()).collect::<Vec<_>>());
    let message = format!("the racks {names} of `{}` share the zone `{zone}`", first.datacenter.name);
    let complaint = RULE.complain(message, subject.value(last_route.clone(), "same zone"));
    let complaint = if first_route == last_route {
        complaint
    } else {
        complaint.label(subject.value(first_route.clone(), "first rack"))
    };
    Some(complaint.help("write a different `zone` for each rack"))
}
