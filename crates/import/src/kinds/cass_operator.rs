//! `CassandraDatacenter` of Cass Operator.
use super::Kind;
use crate::documents::Document;

pub(super) const KIND: Kind = Kind { is: is_one, import: |_, _| Vec::new() };

fn is_one(document: &Document) -> bool {
    document.is("cassandra.datastax.com", "CassandraDatacenter")
}
