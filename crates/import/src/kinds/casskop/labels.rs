//! Labels of the workers, of datacenters and racks.

use super::datacenters::{Labels, Site, name};
use crate::documents::At;
use crate::draft::{Draft, Node, datacenter};
use crate::path::Path;

/// The label of a worker's zone.
const ZONE: &str = "topology.kubernetes.io/zone";
/// The label of a worker's zone, and the one that Kubernetes had before 1.17.
const ZONES: [&str; 2] = [ZONE, "failure-domain.beta.kubernetes.io/zone"];
/// The same of its region.
const REGIONS: [&str; 2] = ["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"];

/// The labels of the workers. CassKop puts those of a rack over those of its datacenter.
pub(super) fn write(draft: &mut Draft, site: &Site<'_>) {
    let to = datacenter(site.index);
    let of_all = Selected::of(&site.labels);
    let is_own = |key: &String| site.racks.iter().any(|rack| Selected::of(&rack.labels).labels.contains_key(key));
    let shared: Labels = of_all.labels.iter().filter(|(key, _)| !is_own(key)).map(pair).collect();
    write_labels(draft, &site.at.key("labels"), &to.key("nodeLabels"), &shared, of_all.renamed);
    for (index, rack) in site.racks.iter().enumerate() {
        let to = to.key("racks").index(index);
        let own = Selected::of(&rack.labels);
        name(draft, &rack.at, &rack.name, &to);
        let zone = own.zone.clone().map(|zone| (rack.at.key("labels"), zone));
        match zone.or_else(|| of_all.zone.clone().map(|zone| (site.at.key("labels"), zone))) {
            Some((at, (ZONE, zone))) => draft.carry(&at.key(ZONE), &to.key("zone"), zone),
            Some((at, (key, zone))) => {
                draft.change(&at.key(key), &to.key("zone"), zone, "the label of zones has a new name");
            }
            None => {}
        }
        let inherited = of_all.labels.iter().filter(|(key, _)| is_own(key));
        let labels: Labels = inherited.chain(&own.labels).map(pair).collect();
        write_labels(draft, &rack.at.key("labels"), &to.key("nodeLabels"), &labels, own.renamed);
    }
}

fn pair((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

fn write_labels(draft: &mut Draft, at: &At<'_>, to: &Path, labels: &Labels, renamed: bool) {
    if labels.is_empty() {
        return;
    }
    let node: Node = labels.iter().map(pair).collect();
    if renamed {
        draft.change(at, to, node, "the label of the region as Kubernetes names it since 1.17");
    } else {
        draft.carry(at, to, node);
    }
}

/// Labels without that of the zone, with that of the region under its present name.
struct Selected {
    zone: Option<(&'static str, String)>,
    labels: Labels,
    renamed: bool,
}

impl Selected {
    fn of(labels: &Labels) -> Self {
        let zone = ZONES.into_iter().find_map(|key| Some((key, labels.get(key)?.clone())));
        let others = labels.iter().filter(|(key, _)| !ZONES.contains(&key.as_str()));
        let renamed = labels.contains_key(REGIONS[1]);
        let present = |key: &str| if key == REGIONS[1] { REGIONS[0].to_owned() } else { key.to_owned() };
        let labels = others.map(|(key, value)| (present(key), value.clone())).collect();
        Self { zone, labels, renamed }
    }
}
