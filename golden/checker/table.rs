//! Where each kind of step may run, and the guards without which it may not.

use cassc::plan::{Action, Guard, Stage, Step};
use cassc::topology::Dialect;

use super::finding::Kind;
use super::world::World;

impl World<'_> {
    /// Stage and guards of a step.
    pub(super) fn judge_row(&mut self, step: &Step) {
        let (stages, guards) = row(&step.action);
        // Argo CD and Flux apply everything at once, kubectl what it is given.
        let at_once = self.after.cluster.is_some_and(|cluster| cluster.dialect != Dialect::Plain);
        let is_before = |stage: &Stage| *stage == Stage::Prepare && at_once;
        let allowed = |stage: &Stage| if is_before(stage) { Stage::Before } else { *stage };
        if !stages.iter().any(|stage| allowed(stage) == step.stage) {
            self.find(Kind::WrongStage, format!("{:?} in {:?}", step.action, step.stage));
        }
        for guard in guards.iter().filter(|guard| !step.guards.contains(guard)) {
            self.find(Kind::MissingGuard, format!("{:?} without {guard:?}", step.action));
        }
    }
}

fn row(action: &Action) -> (&'static [Stage], &'static [Guard]) {
    match action {
        Action::Person { .. } => (&[Stage::Before, Stage::After], &[]),
        Action::Apply { created, changed, .. } => {
            let sets = created.iter().chain(changed).any(|object| object.kind == "StatefulSet");
            let retires = created.is_empty() && changed.is_empty();
            (if sets || retires { &[Stage::Cluster] } else { &[Stage::Base] }, &[])
        }
        Action::Decommission { nodes_left: 0, .. } => {
            (&[Stage::Prepare], &[Guard::RingWhole, Guard::SchemaAgrees, Guard::NothingReplicated])
        }
        Action::Decommission { .. } => {
            (&[Stage::Prepare], &[Guard::RingWhole, Guard::SchemaAgrees, Guard::ReplicationFits, Guard::SpaceSuffices])
        }
        Action::Join { .. } => (&[Stage::Cluster], &[Guard::PredecessorsReady]),
        Action::ReplicateSystemKeyspaces { .. } => {
            (&[Stage::Prepare, Stage::Settle], &[Guard::RingWhole, Guard::SchemaAgrees])
        }
        Action::Rebuild { .. } | Action::Cleanup { .. } => (&[Stage::Settle], &[Guard::RingWhole]),
        Action::Roll { .. } | Action::Resume {} => (&[Stage::Settle], &[Guard::OthersUp, Guard::BudgetAllows]),
        Action::UpgradeTables { .. } => (&[Stage::Settle], &[Guard::RingWhole, Guard::VersionsAgree]),
        Action::ExpandClaims { .. } => (&[Stage::Settle], &[Guard::ClassExpands]),
        Action::DeleteClaims { .. } => (&[Stage::Settle], &[Guard::NodeHasLeft]),
    }
}
