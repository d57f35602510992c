//! Racks, and how many nodes they have.

use serde::Deserialize;
use serde_json::Value;

use crate::documents::At;
use crate::draft::Draft;
use crate::names;
use crate::path::Path;
use crate::pods::affinity::{affinity, node_labels};
use crate::pods::{Others, lose_unknown};
use crate::report::Refusal;

/// A rack of the resource.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Rack {
    name: String,
    zone: Option<String>,
    node_affinity_labels: Option<Value>,
    affinity: Option<Value>,
    #[serde(flatten)]
    others: Others,
}

/// `racks`; without any there is one that is called `default` there and here.
pub(in crate::kinds) fn racks(draft: &mut Draft, at: &At<'_>, datacenter: &Path) -> Result<(), Refusal> {
    let racks: Option<Vec<Rack>> = at.read()?;
    for (index, rack) in racks.unwrap_or_default().into_iter().enumerate() {
        one(draft, &at.index(index), rack, &datacenter.key("racks").index(index))?;
    }
    Ok(())
}

fn one(draft: &mut Draft, at: &At<'_>, rack: Rack, to: &Path) -> Result<(), Refusal> {
    let Rack { name, zone, node_affinity_labels, affinity: places, others } = rack;
    let at_name = at.key("name");
    let (subdomain, label) = (names::subdomain(&name), names::subdomain(&name).replace('.', "-"));
    let label = if names::is_label(&label) { label } else { format!("r{label}") };
    match () {
        () if subdomain.is_empty() => return Err(at_name.refused("a rack has no name", "write `name`")),
        () if label == name => draft.carry(&at_name, &to.key("name"), name),
        () if label == subdomain => {
            draft.change(&at_name, &to.key("name"), label, "as the operator has it in the name of the StatefulSet");
            draft.carry(&at_name, &to.key("ringName"), name);
        }
        () => {
            let why = "a name of a rack is a DNS label; the StatefulSet of the operator has another name";
            draft.change(&at_name, &to.key("name"), label, why);
            draft.carry(&at_name, &to.key("ringName"), name);
        }
    }
    if let Some(zone) = zone.filter(|zone| !zone.is_empty()) {
        draft.carry(&at.key("zone"), &to.key("zone"), zone);
    }
    if node_affinity_labels.is_some() {
        node_labels(draft, &at.key("nodeAffinityLabels"), to, true);
    }
    if places.is_some() {
        affinity(draft, &at.key("affinity"), &to.key("scheduling"));
    }
    lose_unknown(draft, at, &others);
    Ok(())
}
