//! A new datacenter holds nothing until its nodes have copied their share from another one.

use super::super::difference::in_start_order;
use super::super::{Action, Difference};
use crate::cluster::Datacenter;

/// Every datacenter that had no nodes, copied from the first one that had some and keeps them.
pub(crate) fn rebuild(difference: &Difference<'_>) -> Vec<Action> {
    let has_nodes = |datacenter: Option<&Datacenter>| datacenter.is_some_and(|it| it.nodes() > 0);
    let datacenters = difference.datacenters();
    let source = datacenters.iter().find(|(_, was, now)| has_nodes(*was) && has_nodes(*now));
    let Some((_, Some(source), _)) = source else { return Vec::new() };
    let new = datacenters.iter().filter(|(_, was, now)| !has_nodes(*was) && has_nodes(*now));
    let action = |(name, _, now): &(&str, _, Option<&Datacenter>)| Action::Rebuild {
        datacenter: (*name).to_owned(),
        from: source.ring_name.clone(),
        pods: now.map(in_start_order).unwrap_or_default(),
    };
    new.map(action).collect()
}
