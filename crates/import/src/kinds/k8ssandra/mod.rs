//! `K8ssandraCluster` of K8ssandra Operator (k8ssandra.io/v1alpha1). One resource is one topology; its datacenters may run
//! in several Kubernetes clusters.

mod cluster;
mod datacenter;
mod jvm;
mod reaper;
mod types;

use super::Kind;
use crate::documents::{At, Document};
use crate::draft::Draft;
use crate::options::Options;
use crate::report::Refusal;

/// The row of the table of kinds.
pub(super) const KIND: Kind = Kind { is: is_one, import };

fn is_one(document: &Document) -> bool {
    document.is("k8ssandra.io", "K8ssandraCluster")
}

fn import(documents: &[&Document], options: &Options) -> Vec<Result<Draft, Refusal>> {
    let topology = |document: &&Document| {
        let mut draft = Draft::new(&[At::root(document)]);
        cluster::cluster(&mut draft, document, options).map(|()| draft)
    };
    documents.iter().map(topology).collect()
}
