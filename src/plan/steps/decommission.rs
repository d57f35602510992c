//! Nodes leave the ring before their pods are gone: one at a time, their data streams to the nodes that stay.

use super::super::{Action, Difference};
use crate::cluster::Datacenter;

/// Datacenters that keep nodes.
pub(crate) fn some(difference: &Difference<'_>) -> Vec<Action> {
    leaving(difference, |left| left > 0)
}

/// Datacenters that keep none.
pub(crate) fn all(difference: &Difference<'_>) -> Vec<Action> {
    leaving(difference, |left| left == 0)
}

/// A topology that is gone asks nobody to leave: its nodes go on until somebody deletes them.
fn leaving(difference: &Difference<'_>, is_meant: fn(u32) -> bool) -> Vec<Action> {
    if difference.after.is_none() {
        return Vec::new();
    }
    let action = |(name, was, now): (&str, Option<&Datacenter>, Option<&Datacenter>)| {
        let (pods, nodes_left) = (Difference::leaving(was, now), Difference::staying(was, now));
        (!pods.is_empty() && is_meant(nodes_left)).then(|| Action::Decommission {
            datacenter: name.to_owned(),
            pods,
            nodes_left,
        })
    };
    difference.datacenters().into_iter().filter_map(action).collect()
}
