//! W129: racks that are named like zones, but are not in them.

use super::e107_zone_conflict::ZONE_LABEL;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::NestedRack;

pub(super) const RULE: Rule = Rule {
    code: "W129",
    name: "rack-without-zone",
    summary: "a rack is named like a zone, but its pods are not kept in that zone",
    explain: "\
The name of a rack does not decide where its pods run. Without `zone` the scheduler may put all pods of all racks into one zone.
Cassandra spreads replicas over racks, so that a lost zone would then take several replicas of the same data. The volumes stay
in the zone where they were created first, so that a zone cannot be added later without new nodes.

Write `zone` for each rack, the value of the label `topology.kubernetes.io/zone` of the workers.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        // W118 reports a datacenter of which only some racks have a zone.
        if subject.racks_of(index).any(is_pinned) {
            continue;
        }
        let mut named = subject.racks_of(index).filter(|place| is_zone(&place.rack.name));
        let Some(first) = named.next() else { continue };
        let name = &first.rack.name;
        let message = format!("the rack `{name}` of `{}` is named like a zone, but has no `zone`", datacenter.name);
        let at = |place: &NestedRack<'_>| subject.value(place.level().route().key("name"), "scheduled to any zone");
        let complaint = RULE.complain(message, at(first)).labels(named.take(MOST_LABELS).map(at));
        complaints.push(
            complaint.help(format!("add `zone: {name}`, if workers have that value, to this and each other rack")),
        );
    }
}

/// More places than these would not help.
const MOST_LABELS: usize = 8;

/// Whether something decides which workers the pods of a rack go to.
fn is_pinned(place: &NestedRack<'_>) -> bool {
    let labels = [&place.rack.node_labels, &place.datacenter.node_labels];
    place.rack.zone.is_some()
        || !place.rack.node_labels.is_empty()
        || labels.iter().any(|labels| labels.contains_key(ZONE_LABEL))
        || place.required_workers().is_some()
}

/// Whether a name looks like a zone: of AWS (`us-east-1a`, `use1-az1`), Google (`europe-west1-b`), Azure (`westeurope-2`), or
/// called so (`zone-a`, `az1`).
fn is_zone(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let is_mark = |mark: &str| {
        let letter = mark.len() == 1 && mark.bytes().all(|byte| matches!(byte, b'a'..=b'f'));
        letter || (!mark.is_empty() && mark.len() <= 2 && mark.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if let Some(mark) = ["zone", "az"].iter().find_map(|word| name.strip_prefix(word)) {
        return is_mark(mark.strip_prefix('-').unwrap_or(mark));
    }
    let parts: Vec<&str> = name.split('-').collect();
    match parts[..] {
        [region, zone] if zone.strip_prefix("az").is_some_and(is_mark) => region.len() >= 4,
        [region, zone] => is_azure(region) && is_mark(zone),
        [.., area, number] if is_amazon(number) => is_word(area) && is_area(parts[0]),
        [area, region, zone] => {
            let place = region.trim_end_matches(|c: char| c.is_ascii_digit());
            is_area(area) && place != region && is_word(place) && zone.len() == 1 && is_mark(zone)
        }
        _ => false,
    }
}

/// The last part of a zone of AWS: a digit and a letter.
fn is_amazon(part: &str) -> bool {
    matches!(part.as_bytes(), [b'0'..=b'9', b'a'..=b'z'])
}

fn is_word(part: &str) -> bool {
    part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The first part of a region of AWS or Google.
fn is_area(part: &str) -> bool {
    const AREAS: [&str; 17] = [
        "af",
        "africa",
        "ap",
        "asia",
        "australia",
        "ca",
        "cn",
        "eu",
        "europe",
        "il",
        "me",
        "mx",
        "northamerica",
        "sa",
        "southamerica",
        "us",
        "usw",
    ];
    AREAS.contains(&part)
}

/// A region of Azure: a geography with a direction or a number, in one word.
fn is_azure(part: &str) -> bool {
    const PLACES: [&str; 24] = [
        "us",
        "europe",
        "asia",
        "uk",
        "canada",
        "australia",
        "brazil",
        "japan",
        "korea",
        "india",
        "africa",
        "norway",
        "france",
        "germany",
        "switzerland",
        "uae",
        "sweden",
        "poland",
        "italy",
        "spain",
        "israel",
        "qatar",
        "mexico",
        "zealand",
    ];
    const DIRECTIONS: [&str; 5] = ["north", "south", "east", "west", "central"];
    let place = part.trim_end_matches(|c: char| c.is_ascii_digit());
    DIRECTIONS.iter().any(|direction| place.contains(direction)) && PLACES.iter().any(|name| place.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_of_all_clouds_are_recognized() {
        for name in [
            "us-east-1a",
            "us-gov-west-1b",
            "ap-southeast-2c",
            "eu-west_1a",
            "use1-az1",
            "euw1-az12",
            "europe-west1-b",
            "us-central1-f",
            "northamerica-northeast1-a",
            "eastus-1",
            "westeurope-3",
            "eastus2-2",
            "northeurope-1",
            "zone-a",
            "zone1",
            "Zone-B",
            "az1",
            "az-c",
        ] {
            assert!(is_zone(name), "{name}");
        }
    }

    #[test]
    fn other_names_are_not_zones() {
        for name in [
            "rack1",
            "rack-1",
            "rack-a",
            "r1",
            "a",
            "default",
            "zone",
            "zones",
            "azure",
            "zone-east",
            "dc1-rack1",
            "room-2-b",
            "us-east-1",
            "eu",
            "row-a-1b",
            "east-1",
            "",
            "-",
            "node-1a",
        ] {
            assert!(!is_zone(name), "{name}");
        }
    }
}
