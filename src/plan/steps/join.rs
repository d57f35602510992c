//! Nodes start for the first time: the StatefulSets make all pods at once, and the gate in each lets them in one at a
//! time.

use super::super::{Action, Difference};
use crate::topology::Founding;

/// The new pods of all datacenters, in start order.
pub(crate) fn join(difference: &Difference<'_>) -> Vec<Action> {
    let datacenters = difference.datacenters().into_iter();
    let pods: Vec<String> = datacenters.flat_map(|(_, was, now)| Difference::joining(was, now)).collect();
    let founds = difference.before.is_none()
        && difference.after.is_some_and(|after| {
            let ring_exists = after.additional_seeds.all().next().is_some() && after.kube_clusters().len() == 1;
            after.founding == Founding::Auto && !ring_exists
        });
    if pods.is_empty() { Vec::new() } else { vec![Action::Join { pods, founds }] }
}
