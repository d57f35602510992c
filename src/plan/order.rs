//! What is done for a difference, by kind of step. What concerns the ring itself follows from the change of it
//! ([`cassc_ring::actions`]); objects, PVCs, restarts and steps by hand follow from the difference as a whole. The
//! order is that of [`cassc_ring::precedence::ORDER`].

use cassc_ring::actions;
use cassc_ring::precedence::{Kind, Row, guards_of_operation};
use cassc_ring::step::{Action, Guard, OperationChange};

use super::{Difference, steps};

/// The actions of a kind; none where the difference needs none.
pub(super) fn actions(kind: Kind, difference: &Difference<'_>) -> Vec<Action> {
    let ring = difference.ring();
    match kind {
        Kind::PrepareByHand => steps::person::before(difference),
        Kind::ApplyBase => steps::apply::base(difference),
        Kind::ApplyJob => steps::apply::job(difference),
        Kind::LowerReplication => actions::lower_replication(ring),
        Kind::ShrinkDatacenter => actions::shrink_datacenters(ring),
        Kind::EmptyDatacenter => actions::empty_datacenters(ring),
        Kind::ApplyStatefulSets => steps::apply::stateful_sets(difference),
        Kind::ExpandClaims => steps::claims::expand(difference),
        Kind::Join => steps::growth::join(difference),
        Kind::RetireObjects => steps::apply::retired(difference),
        Kind::Roll => steps::roll::roll(difference),
        Kind::ResumeRoll => steps::roll::resume(difference),
        Kind::UpgradeTables => actions::upgrade_tables(ring),
        Kind::RaiseReplication => actions::raise_replication(ring),
        Kind::ReplicateByHand => steps::person::replicate(difference),
        Kind::Rebuild => actions::rebuild(ring),
        Kind::Cleanup => actions::cleanup(ring),
        Kind::DeleteClaims => steps::claims::delete(difference),
        Kind::Stop => actions::stop(ring),
        Kind::Start => actions::start(ring),
        Kind::CreateRoles => steps::roles::create(difference),
        Kind::RepairSystemKeyspaces => steps::roles::repair(difference),
        Kind::Cure => actions::operations(ring, true),
        Kind::Operation => actions::operations(ring, false),
        Kind::FinishByHand => steps::person::after(difference),
    }
}

/// What must hold before an action of a kind. For an operation that follows from its own kind; one that is held back waits for nothing
/// else.
pub(super) fn guards(row: &Row, action: &Action) -> Vec<Guard> {
    match action {
        Action::Operation { change: OperationChange::Waits, .. } => Vec::new(),
        Action::Operation { operation, .. } => guards_of_operation(operation.kind).to_vec(),
        _ => row.guards.to_vec(),
    }
}
