//! `cassc guard`: the admission policies that keep hands and delivery tools from nodes of a ring.

use clap::Args;

use super::{Ending, Failure, print};
use crate::guard;

/// Print admission policies that refuse to scale or delete StatefulSets and to delete PVCs of Cassandra by hand
///
/// Apply them once per Kubernetes cluster (1.30 or later), with the rights of an administrator:
/// `cassc guard | kubectl apply --server-side -f -`. They cover all clusters of cassc in all namespaces. The label
/// `cassc.io/guard=lifted` of a namespace, or an annotation of that name on a StatefulSet or a PVC, lifts them there. docs/steps.md
/// has the details.
#[derive(Debug, Args)]
pub(super) struct Guard {}

pub(super) fn run(_: &Guard) -> Result<Ending, Failure> {
    print(&guard::stream())?;
    Ok(Ending::Done)
}
