//! The kinds that are read: a table, and one module for each.

use crate::documents::Document;
use crate::draft::Draft;
use crate::options::Options;
use crate::report::Refusal;

mod bitnami;
mod cass_operator;
mod casskop;
mod finish;
mod k8ssandra;
mod plain;

/// Makes topologies of all documents of a kind, at least one.
type Importer = fn(&[&Document], &Options) -> Vec<Result<Draft, Refusal>>;

/// A kind that is read.
pub(crate) struct Kind {
    /// Whether a document is one.
    pub(crate) is: fn(&Document) -> bool,
    /// Makes topologies of all documents of the kind, at least one: several may describe one cluster. What makes a topology
    /// impossible is a refusal; everything else is told to the draft.
    pub(crate) import: Importer,
}

/// Every kind.
pub(crate) const KINDS: &[Kind] =
    &[cass_operator::KIND, k8ssandra::KIND, casskop::CLUSTER, casskop::MULTI, bitnami::KIND];
