//! Placeholder
use std::collections::BTreeMap;
use crate::cluster::{Cluster, Datacenter, Rack};
/// x
pub fn files(_: &Cluster, _: &Datacenter, _: &Rack) -> BTreeMap<String, String> { BTreeMap::new() }
