//! Where each kind of step may run, and the guards without which it may not.

use cassc::plan::{Action, By, Guard, OperationChange, OperationKind, Stage, Step};
use cassc::topology::Dialect;
use cassc_ring::desired::Cleanup;

use super::finding::Kind;
use super::objects::is_of_job;
use super::world::World;

impl World<'_> {
    /// Stage and guards of a step.
    pub(super) fn judge_row(&mut self, step: &Step) {
        let (stages, guards) = row(&step.action);
        // Argo CD and Flux apply everything at once, kubectl what it is given.
        let at_once = self.after.cluster.is_some_and(|cluster| cluster.dialect != Dialect::Plain);
        let job_scales = self.after.job_scales();
        let allowed = |stage: &Stage| match stage {
            Stage::Prepare if job_scales => Stage::Settle,
            Stage::Prepare if at_once => Stage::Before,
            stage => *stage,
        };
        let is_by_hand = self.cleans_up_by_hand() && matches!(step.action, Action::Cleanup { .. });
        let is_grown = matches!(&step.action, Action::Join { pods, .. } if self.grows_by_job(pods));
        let is_right = match step.stage {
            Stage::After if is_by_hand => true,
            stage if is_by_hand || is_grown => is_grown && stage == Stage::Settle,
            stage => stages.iter().any(|it| allowed(it) == stage),
        };
        if !is_right {
            self.find(Kind::WrongStage, format!("{:?} in {:?}", step.action, step.stage));
        }
        let has_job = self.after.cluster.is_some_and(|cluster| cluster.steps.is_some());
        let by = match step.stage {
            Stage::Base | Stage::Cluster | Stage::Steps => By::Tool,
            Stage::Prepare | Stage::Settle if has_job => By::Job,
            _ => By::You,
        };
        if step.by != by {
            self.find(Kind::WrongDoer, format!("{:?} by {:?}", step.action, step.by));
        }
        for guard in guards.iter().filter(|guard| !step.guards.contains(guard)) {
            self.find(Kind::MissingGuard, format!("{:?} without {guard:?}", step.action));
        }
    }

    fn cleans_up_by_hand(&self) -> bool {
        let steps = self.after.cluster.and_then(|cluster| cluster.steps.as_ref());
        steps.is_some_and(|steps| steps.cleanup == Cleanup::Manual)
    }

    /// Whether a pod that joins is in a StatefulSet that is there and whose replicas are the Job's.
    fn grows_by_job(&self, pods: &[String]) -> bool {
        let set = |pod: &String| self.after.pods.get(pod).map(|it| it.stateful_set.clone());
        let is_there = |set: String| self.before.racks.iter().any(|rack| rack.stateful_set == set);
        self.before.job_scales() && self.after.job_scales() && pods.iter().filter_map(set).any(is_there)
    }
}

fn row(action: &Action) -> (&'static [Stage], &'static [Guard]) {
    match action {
        Action::Person { .. } => (&[Stage::Before, Stage::After], &[]),
        Action::Apply { created, changed, .. } => {
            let sets = created.iter().chain(changed).any(|object| object.kind == "StatefulSet");
            let retires = created.is_empty() && changed.is_empty();
            let jobs = created.iter().chain(changed).any(is_of_job);
            let stage: &[Stage] = match (jobs, sets || retires) {
                (true, _) => &[Stage::Steps],
                (false, true) => &[Stage::Cluster],
                (false, false) => &[Stage::Base],
            };
            (stage, &[])
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
        Action::Rebuild { .. } | Action::Cleanup { .. } | Action::CreateRoles { .. } | Action::Repair { .. } => {
            (&[Stage::Settle], &[Guard::RingWhole])
        }
        Action::Stop { .. } | Action::Start { .. } => (&[Stage::Settle], &[]),
        Action::Roll { .. } | Action::Resume {} => (&[Stage::Settle], &[Guard::OthersUp, Guard::BudgetAllows]),
        Action::UpgradeTables { .. } => (&[Stage::Settle], &[Guard::RingWhole, Guard::VersionsAgree]),
        Action::ExpandClaims { .. } => (&[Stage::Settle], &[Guard::ClassExpands]),
        Action::DeleteClaims { .. } => (&[Stage::Settle], &[Guard::NodeHasLeft]),
        Action::Operation { change, operation, .. } => (&[Stage::Settle], of_operation(*change, operation.kind)),
    }
}

/// A node that is down stops everything but what cures it; what takes a node away is refused where it is alive.
fn of_operation(change: OperationChange, kind: OperationKind) -> &'static [Guard] {
    match kind {
        _ if change == OperationChange::Waits => &[],
        OperationKind::ReplaceNode => &[Guard::OthersUp, Guard::NodeIsDown],
        OperationKind::RemoveNode => {
            &[Guard::OthersUp, Guard::NodeIsDown, Guard::ReplicationFits, Guard::SpaceSuffices]
        }
        OperationKind::Restart => &[Guard::OthersUp, Guard::BudgetAllows],
        OperationKind::Drain => &[Guard::OthersUp],
        _ => &[Guard::RingWhole],
    }
}
