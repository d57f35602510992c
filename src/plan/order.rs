//! The order of the steps, as data: what is done, where it runs, and what must hold before it. A row's place in the
//! table is its place in the plan.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Action, Difference, steps};

/// Where a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// A person, before the change is merged.
    Before,
    /// The first wave of manifests: nothing that runs is touched.
    Base,
    /// The Job that runs before the StatefulSets change.
    Prepare,
    /// The wave of the StatefulSets.
    Cluster,
    /// The Job that is applied with the StatefulSets and is patient.
    Settle,
    /// A person, afterwards.
    After,
}

/// What must hold before a step, and again before each of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Guard {
    /// No node is down, joins, leaves or moves.
    RingWhole,
    /// No other node is down, joins, leaves or moves.
    OthersUp,
    /// All nodes agree on the schema.
    SchemaAgrees,
    /// Every keyspace has at most as many replicas in the datacenter as nodes are left.
    ReplicationFits,
    /// No keyspace has replicas in the datacenter.
    NothingReplicated,
    /// The nodes that stay have room for the data of the one that leaves.
    SpaceSuffices,
    /// The pods before it in the start order are ready.
    PredecessorsReady,
    /// The disruption budget allows it.
    BudgetAllows,
    /// The StorageClass allows expansion.
    ClassExpands,
    /// Every node runs the new version.
    VersionsAgree,
    /// The node of the claim has left the ring.
    NodeHasLeft,
}

impl fmt::Display for Guard {
    /// The end of a sentence that begins with "only while" or "only when".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RingWhole => "no node is down, joining or leaving",
            Self::OthersUp => "every other node is up",
            Self::SchemaAgrees => "all nodes agree on the schema",
            Self::ReplicationFits => "no keyspace has more replicas in the datacenter than nodes are left",
            Self::NothingReplicated => "no keyspace has replicas in the datacenter",
            Self::SpaceSuffices => "the nodes that stay have room for the data",
            Self::PredecessorsReady => "every pod before it in the start order is ready",
            Self::BudgetAllows => "the disruption budget allows it",
            Self::ClassExpands => "the StorageClass allows expansion",
            Self::VersionsAgree => "every node runs the new version",
            Self::NodeHasLeft => "the node has left the ring",
        })
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Where it runs.
    pub stage: Stage,
    /// What must hold.
    pub guards: &'static [Guard],
    /// What is done, for a difference that needs it.
    pub actions: fn(&Difference<'_>) -> Vec<Action>,
}

const fn row(stage: Stage, guards: &'static [Guard], actions: fn(&Difference<'_>) -> Vec<Action>) -> Row {
    Row { stage, guards, actions }
}

/// Every kind of step, in the order of execution. Nodes leave before anything joins, nothing joins while pods restart,
/// and nothing is thrown away before everything else is done.
pub const STEPS: &[Row] = &[
    row(Stage::Before, &[], steps::person::before),
    row(Stage::Base, &[], steps::apply::base),
    row(Stage::Prepare, &[Guard::RingWhole, Guard::SchemaAgrees], steps::replicate::out),
    row(
        Stage::Prepare,
        &[Guard::RingWhole, Guard::SchemaAgrees, Guard::ReplicationFits, Guard::SpaceSuffices],
        steps::decommission::some,
    ),
    row(Stage::Prepare, &[Guard::RingWhole, Guard::SchemaAgrees, Guard::NothingReplicated], steps::decommission::all),
    row(Stage::Cluster, &[], steps::apply::stateful_sets),
    // Before anything streams to a new claim, which is born with the smaller size.
    row(Stage::Settle, &[Guard::ClassExpands], steps::claims::expand),
    row(Stage::Cluster, &[Guard::PredecessorsReady], steps::join::join),
    row(Stage::Cluster, &[], steps::apply::retired),
    row(Stage::Settle, &[Guard::OthersUp, Guard::BudgetAllows], steps::roll::roll),
    row(Stage::Settle, &[Guard::OthersUp, Guard::BudgetAllows], steps::roll::resume),
    row(Stage::Settle, &[Guard::RingWhole, Guard::VersionsAgree], steps::upgrade::tables),
    row(Stage::Settle, &[Guard::RingWhole, Guard::SchemaAgrees], steps::replicate::settle),
    row(Stage::After, &[], steps::person::replicate),
    row(Stage::Settle, &[Guard::RingWhole], steps::rebuild::rebuild),
    row(Stage::Settle, &[Guard::RingWhole], steps::cleanup::cleanup),
    row(Stage::Settle, &[Guard::NodeHasLeft], steps::claims::delete),
    row(Stage::After, &[], steps::person::after),
];
