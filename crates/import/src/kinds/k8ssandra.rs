//! `K8ssandraCluster` of K8ssandra Operator.
use super::Kind;
use crate::documents::Document;

pub(super) const KIND: Kind = Kind { is: is_one, import: |_, _| Vec::new() };

fn is_one(document: &Document) -> bool {
    document.is("k8ssandra.io", "K8ssandraCluster")
}
