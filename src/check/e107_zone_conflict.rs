//! E107: node labels that no worker can have, or that contradict the zone.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_label_key, is_label_value};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E107",
    name: "zone-conflict",
    summary: "`zone` and `nodeLabels` contradict each other or are invalid",
    explain: "\
`zone` and `nodeLabels` become a required node affinity of the rack's pods. With two different zones, or with an invalid
label, no worker matches and the pods stay Pending.

Write the zone once, as `zone`. Write keys and values as `kubectl get nodes --show-labels` prints them.",
};

/// The label of a worker that names its zone.
pub(super) const ZONE_LABEL: &str = "topology.kubernetes.io/zone";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let route = Level::Datacenter(index).route().key("nodeLabels");
        complaints.extend(syntax(subject, &datacenter.node_labels, &route));
    }
    for place in &subject.racks {
        let route = place.level().route();
        complaints.extend(syntax(subject, &place.rack.node_labels, &route.key("nodeLabels")));
        let Some(zone) = place.rack.zone.as_deref() else { continue };
        if zone.is_empty() || !is_label_value(zone) {
            let message = format!("`{}` is not a valid zone", zone.escape_debug());
            complaints.push(RULE.complain(message, subject.value(route.key("zone"), "")).expected(VALUE));
        }
        let of_datacenter = Level::Datacenter(place.datacenter_index).route();
        let levels = [(&place.rack.node_labels, route.clone()), (&place.datacenter.node_labels, of_datacenter)];
        let label = levels.into_iter().find_map(|(labels, route)| Some((labels.get(ZONE_LABEL)?, route)));
        if let Some((other, level)) = label.filter(|(other, _)| *other != zone) {
            let message = format!("the rack `{}` has two zones", place.rack.name);
            let at = subject.value(route.key("zone"), "first zone");
            let other_zone = subject.value(level.key("nodeLabels").key(ZONE_LABEL), "second zone");
            let help = format!("keep `zone: {zone}` or `zone: {other}`, and remove the label");
            complaints.push(RULE.complain(message, at).label(other_zone).help(help));
        }
    }
}

const VALUE: &str = "at most 63 letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit";

fn syntax(subject: &Subject<'_>, labels: &BTreeMap<String, String>, route: &Route) -> Vec<Diagnostic> {
    let judge = |(key, value): (&String, &String)| {
        let route = route.key(key);
        if !is_label_key(key) {
            let message = format!("`{}` is not a valid label key", key.escape_debug());
            return Some(RULE.complain(message, subject.key(route, "")).expected("a key such as `example.com/disks`"));
        }
        (!is_label_value(value)).then(|| {
            let message = format!("`{}` is not a valid label value", value.escape_debug());
            RULE.complain(message, subject.value(route, "")).expected(VALUE)
        })
    };
    labels.iter().filter_map(judge).collect()
}
