//! The order in which kinds of steps are done, and what must hold before each, as one table.

use crate::operation::OperationKind;
use crate::step::{Guard, Stage};

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Done by hand before the change is merged.
    PrepareByHand,
    /// Objects that no pod restarts for are applied.
    ApplyBase,
    /// The Job of the program in the cluster is applied.
    ApplyJob,
    /// System keyspaces get fewer replicas, because nodes will leave.
    LowerReplication,
    /// Nodes leave a datacenter that keeps others.
    ShrinkDatacenter,
    /// All nodes of a datacenter leave.
    EmptyDatacenter,
    /// StatefulSets are applied.
    ApplyStatefulSets,
    /// PVCs grow.
    ExpandClaims,
    /// Nodes start for the first time.
    Join,
    /// Objects that are no longer rendered are removed or left.
    RetireObjects,
    /// Pods with an older template restart.
    Roll,
    /// A rolling restart that was held back continues.
    ResumeRoll,
    /// Tables are rewritten in the format of a new release line.
    UpgradeTables,
    /// System keyspaces get the replicas that are asked for.
    RaiseReplication,
    /// A person gives keyspaces replicas in a new datacenter.
    ReplicateByHand,
    /// A new datacenter copies its data.
    Rebuild,
    /// Nodes drop data whose ranges moved to new nodes.
    Cleanup,
    /// PVCs of nodes that left are deleted.
    DeleteClaims,
    /// All nodes stop.
    Stop,
    /// All nodes start again.
    Start,
    /// Roles are created, and the default role is locked.
    CreateRoles,
    /// System keyspaces with more replicas than before are repaired.
    RepairSystemKeyspaces,
    /// Operations that make the ring whole again run: [`OperationKind::is_cure`].
    Cure,
    /// All other operations run, when nothing else is to be done.
    Operation,
    /// Done by hand at the end.
    FinishByHand,
}

/// A row of the order of steps.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What is done.
    pub kind: Kind,
    /// Where it runs.
    pub stage: Stage,
    /// What must hold.
    pub guards: &'static [Guard],
}

const fn row(kind: Kind, stage: Stage, guards: &'static [Guard]) -> Row {
    Row { kind, stage, guards }
}

/// Every kind of step, in the order of execution. Nodes leave before anything joins, nothing joins while pods restart,
/// and nothing is thrown away before everything else is done.
pub const ORDER: [Row; 25] = [
    row(Kind::PrepareByHand, Stage::Before, &[]),
    row(Kind::ApplyBase, Stage::Base, &[]),
    // Before the StatefulSets only where those are applied by hand after nodes have left.
    row(Kind::ApplyJob, Stage::Steps, &[]),
    row(Kind::LowerReplication, Stage::Prepare, &[Guard::RingWhole, Guard::SchemaAgrees]),
    row(
        Kind::ShrinkDatacenter,
        Stage::Prepare,
        &[Guard::RingWhole, Guard::SchemaAgrees, Guard::ReplicationFits, Guard::SpaceSuffices],
    ),
    row(Kind::EmptyDatacenter, Stage::Prepare, &[Guard::RingWhole, Guard::SchemaAgrees, Guard::NothingReplicated]),
    row(Kind::ApplyStatefulSets, Stage::Cluster, &[]),
    row(Kind::Stop, Stage::Settle, &[]),
    row(Kind::Start, Stage::Settle, &[]),
    // What must hold for operations differs by their kind: `guards_of_operation`.
    row(Kind::Cure, Stage::Settle, &[]),
    // Before anything streams to a new PVC, which is created with the smaller size.
    row(Kind::ExpandClaims, Stage::Settle, &[Guard::ClassExpands]),
    row(Kind::Join, Stage::Cluster, &[Guard::PredecessorsReady]),
    row(Kind::RetireObjects, Stage::Cluster, &[]),
    row(Kind::Roll, Stage::Settle, &[Guard::OthersUp, Guard::BudgetAllows]),
    row(Kind::ResumeRoll, Stage::Settle, &[Guard::OthersUp, Guard::BudgetAllows]),
    row(Kind::UpgradeTables, Stage::Settle, &[Guard::RingWhole, Guard::VersionsAgree]),
    row(Kind::RaiseReplication, Stage::Settle, &[Guard::RingWhole, Guard::SchemaAgrees]),
    row(Kind::RepairSystemKeyspaces, Stage::Settle, &[Guard::RingWhole]),
    row(Kind::CreateRoles, Stage::Settle, &[Guard::RingWhole]),
    row(Kind::ReplicateByHand, Stage::After, &[]),
    row(Kind::Rebuild, Stage::Settle, &[Guard::RingWhole]),
    row(Kind::Cleanup, Stage::Settle, &[Guard::RingWhole]),
    row(Kind::DeleteClaims, Stage::Settle, &[Guard::NodeHasLeft]),
    row(Kind::Operation, Stage::Settle, &[]),
    row(Kind::FinishByHand, Stage::After, &[]),
];

/// What must hold before an operation of a kind, and again before each of its nodes.
pub const fn guards_of_operation(kind: OperationKind) -> &'static [Guard] {
    match kind {
        OperationKind::Cleanup
        | OperationKind::Scrub
        | OperationKind::Compact
        | OperationKind::Flush
        | OperationKind::GarbageCollect
        | OperationKind::Snapshot => &[Guard::RingWhole],
        OperationKind::UpgradeSsTables => &[Guard::RingWhole, Guard::VersionsAgree],
        OperationKind::Repair | OperationKind::Rebuild | OperationKind::Move => {
            &[Guard::RingWhole, Guard::SchemaAgrees]
        }
        OperationKind::Restart => &[Guard::OthersUp, Guard::BudgetAllows],
        OperationKind::Drain => &[Guard::OthersUp, Guard::SchemaAgrees],
        OperationKind::ReplaceNode => &[Guard::OthersUp, Guard::SchemaAgrees, Guard::NodeIsDown],
        OperationKind::RemoveNode => {
            &[Guard::OthersUp, Guard::SchemaAgrees, Guard::NodeIsDown, Guard::ReplicationFits, Guard::SpaceSuffices]
        }
    }
}

/// The order in which the program in the cluster does the kinds of steps that are its own, where it also changes the
/// replicas. Everything is applied before: the replicas of a StatefulSet in Git are only what it is born with. Nodes leave before
/// others are restarted, and pods restart before new ones join, which start with the new template.
pub const ORDER_OF_JOB: [Kind; 14] = [
    Kind::Stop,
    Kind::Start,
    Kind::Cure,
    Kind::ExpandClaims,
    Kind::LowerReplication,
    Kind::ShrinkDatacenter,
    Kind::EmptyDatacenter,
    Kind::DeleteClaims,
    Kind::Roll,
    Kind::ResumeRoll,
    Kind::Join,
    Kind::RaiseReplication,
    Kind::CreateRoles,
    Kind::RepairSystemKeyspaces,
];

impl Kind {
    /// Where it stands in the order of execution, where the program in the cluster does all that it can: what is applied,
    /// then [`ORDER_OF_JOB`], then what depends on a person or is done at the end.
    pub fn place_with_job(self) -> (usize, usize) {
        let of_job = ORDER_OF_JOB.iter().position(|kind| *kind == self);
        let of_all = ORDER.iter().position(|row| row.kind == self).unwrap_or(ORDER.len());
        match (self, of_job) {
            (Self::ApplyJob, _) => (0, ORDER.len()),
            (Self::PrepareByHand | Self::ApplyBase | Self::ApplyStatefulSets | Self::RetireObjects, _) => (0, of_all),
            (_, Some(place)) => (1, place),
            _ => (2, of_all),
        }
    }
}
