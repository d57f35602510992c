//! Where pods go.

use serde_json::Value;

use crate::documents::At;
use crate::draft::{Draft, Node};
use crate::path::Path;

/// The label of a worker's zone, which has a field of its own in a topology.
const ZONE: &str = "topology.kubernetes.io/zone";
/// The name that it had until Kubernetes 1.17; workers of today carry only the new one.
const OLD_ZONE: &str = "failure-domain.beta.kubernetes.io/zone";

/// Labels that a worker must have, of a datacenter or a rack; `to` is that of the datacenter or the rack. A rack has its
/// zone in `zone`.
pub(crate) fn node_labels(draft: &mut Draft, at: &At<'_>, to: &Path, is_rack: bool) {
    for (key, value) in at.value().and_then(Value::as_object).into_iter().flatten() {
        let (at, value) = (at.key(key), value.as_str().unwrap_or_default());
        match key.as_str() {
            ZONE if is_rack => draft.carry(&at, &to.key("zone"), value),
            OLD_ZONE if is_rack => draft.change(&at, &to.key("zone"), value, "the label of zones has a new name"),
            OLD_ZONE => {
                draft.change(&at, &to.key("nodeLabels").key(ZONE), value, "the label of zones has a new name");
            }
            _ => draft.carry(&at, &to.key("nodeLabels").key(key), value),
        }
    }
}

/// Labels of a datacenter that its racks may have another value of, which wins there: such a label goes to the racks that
/// have none. Racks are read before.
pub(crate) fn inherited_labels(draft: &mut Draft, at: &At<'_>, datacenter: &Path) {
    let racks = datacenter.key("racks");
    let number = draft.get(&racks).map_or(0, Node::len);
    for (key, value) in at.value().and_then(Value::as_object).into_iter().flatten() {
        let key = if key == OLD_ZONE { ZONE } else { key.as_str() };
        let own = |draft: &Draft, rack: &Path| {
            let zone = key == ZONE && draft.get(&rack.key("zone")).is_some();
            zone || draft.get(&rack.key("nodeLabels").key(key)).is_some()
        };
        let racks: Vec<Path> = (0..number).map(|index| racks.index(index)).collect();
        if !racks.iter().any(|rack| own(draft, rack)) {
            draft.carry(&at.key(key), &datacenter.key("nodeLabels").key(key), value);
            continue;
        }
        draft.meet(&at.key(key), "racks have values of their own, which win");
        for rack in &racks {
            if !own(draft, rack) {
                draft.change(
                    &at.key(key),
                    &rack.key("nodeLabels").key(key),
                    value,
                    "for the racks without a value of their own",
                );
            }
        }
    }
}

/// `affinity` of a pod: the part about workers is carried; the parts about other pods are not. `to` is `scheduling`.
pub(crate) fn affinity(draft: &mut Draft, at: &At<'_>, to: &Path) {
    let node = at.key("nodeAffinity");
    if let Some(value) = node.value().filter(|value| value.as_object().is_some_and(|map| !map.is_empty())) {
        draft.carry(&node, &to.key("nodeAffinity"), value);
    }
    for part in ["podAffinity", "podAntiAffinity"] {
        let part = at.key(part);
        if part.value().and_then(Value::as_object).is_some_and(|map| !map.is_empty()) {
            let instead =
                "look at `scheduling.antiAffinity` and `topologySpread`; else write an override of the StatefulSets";
            draft.lose(&part, "places pods beside, or away from, other pods", instead);
        }
    }
}

/// `topologySpreadConstraints` of a pod: a topology spreads the pods of a datacenter, so selectors are not carried.
pub(crate) fn spread(draft: &mut Draft, at: &At<'_>, to: &Path) {
    let constraints = at.value().and_then(Value::as_array).into_iter().flatten().enumerate();
    for (index, constraint) in constraints {
        let (at, to) = (at.index(index), to.index(index));
        for (key, value) in constraint.as_object().into_iter().flatten() {
            match key.as_str() {
                "maxSkew" | "topologyKey" | "whenUnsatisfiable" => draft.carry(&at.key(key), &to.key(key), value),
                "labelSelector" => draft.meet(&at.key(key), "cassc selects the pods of the datacenter"),
                _ => draft.lose(&at.key(key), "refines how pods are spread", "write an override of the StatefulSets"),
            }
        }
    }
}

/// A list of Kubernetes that a topology takes as it is, such as tolerations.
pub(crate) fn list(draft: &mut Draft, at: &At<'_>, to: &Path) {
    if let Some(value) = at.value().filter(|value| value.as_array().is_some_and(|list| !list.is_empty())) {
        draft.carry(at, to, Node::from(value));
    }
}
