//! `CassandraDatacenter` of Cass Operator (cassandra.datastax.com/v1beta1). The resources of one cluster name are one
//! topology.

pub(super) mod cluster;
pub(super) mod config;
mod datacenter;
pub(super) mod environment_file;
pub(super) mod jvm;
mod jvm_tables;
pub(super) mod network;
pub(super) mod operator;
pub(super) mod racks;
pub(super) mod services;
pub(super) mod storage;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub(super) use self::datacenter::management_api;
use super::Kind;
use super::finish::finish;
use crate::documents::{At, Document};
use crate::draft::Draft;
use crate::options::Options;
use crate::report::Refusal;

/// The row of the table of kinds.
pub(super) const KIND: Kind = Kind { is: is_one, import };

fn is_one(document: &Document) -> bool {
    document.is("cassandra.datastax.com", "CassandraDatacenter")
}

fn import(documents: &[&Document], options: &Options) -> Vec<Result<Draft, Refusal>> {
    let mut outcomes = Vec::new();
    let mut clusters: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for document in documents {
        let root = At::root(document);
        let name = root.keys(&["spec", "clusterName"]).value().and_then(Value::as_str).unwrap_or_default();
        let namespace = root.keys(&["metadata", "namespace"]).value().and_then(Value::as_str).unwrap_or_default();
        let server = root.keys(&["spec", "serverType"]);
        let kind = server.value().and_then(Value::as_str).unwrap_or_default();
        if let ("dse" | "hcd", Err(refusal)) = (kind, cluster::server_type(&mut Draft::default(), &server, kind)) {
            outcomes.push(Err(refusal));
        } else if name.is_empty() {
            let help = "write `spec.clusterName`, the name of the Cassandra cluster";
            outcomes.push(Err(root.keys(&["spec", "clusterName"]).refused("the name of the cluster is missing", help)));
        } else if !seen.insert((name, namespace, document.name())) {
            let help = "import the files of different clusters one by one";
            outcomes.push(Err(root.refused(format!("cluster `{name}` has this datacenter already"), help)));
        } else {
            if !clusters.contains_key(name) {
                order.push(name);
            }
            clusters.entry(name).or_default().push(document);
        }
    }
    outcomes.extend(order.into_iter().map(|name| topology(&clusters[name], options)));
    outcomes
}

/// One topology of the datacenters of a cluster.
fn topology(documents: &[&Document], options: &Options) -> Result<Draft, Refusal> {
    let roots: Vec<At<'_>> = documents.iter().map(|document| At::root(document)).collect();
    let mut draft = Draft::new(&roots);
    for (index, root) in roots.iter().enumerate() {
        datacenter::datacenter(&mut draft, root, index, options)?;
    }
    if let Some(first) = roots.first() {
        finish(&mut draft, first, true, options);
    }
    Ok(draft)
}
