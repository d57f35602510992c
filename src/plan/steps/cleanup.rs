//! After growth the nodes that were there before still hold the data that now belongs to the new ones.

use super::super::difference::in_start_order;
use super::super::{Action, Difference};

/// The pods that were there before, in every datacenter that had nodes and has more now.
pub(crate) fn cleanup(difference: &Difference<'_>) -> Vec<Action> {
    let pods: Vec<String> = difference
        .datacenters()
        .into_iter()
        .filter(|(_, was, now)| was.is_some() && !Difference::joining(*was, *now).is_empty())
        .flat_map(|(_, was, now)| {
            let gone = Difference::leaving(was, now);
            was.map(in_start_order).unwrap_or_default().into_iter().filter(move |pod| !gone.contains(pod))
        })
        .collect();
    if pods.is_empty() { Vec::new() } else { vec![Action::Cleanup { pods }] }
}
