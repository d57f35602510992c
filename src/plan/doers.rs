//! Who does each step, and when: you, the delivery tool, or the Job of the program in the cluster. What the program does it
//! does after everything was applied, where the delivery tool leaves replicas alone; otherwise nodes leave before the
//! StatefulSets are applied.

use cassc_ring::desired::Cleanup;
use cassc_ring::precedence::{Kind, Row};
use cassc_ring::step::{Action, Stage};

use super::Difference;
use super::steps::growth::is_made_by_job;
use super::value::By;
use crate::cluster::{Cluster, Steps};
use crate::deliver::applies_at_once;

/// Who does what the delivery tool cannot.
pub(super) struct Doers<'d> {
    difference: &'d Difference<'d>,
}

impl<'d> Doers<'d> {
    pub(super) fn of(difference: &'d Difference<'d>) -> Self {
        Self { difference }
    }

    /// The program in the cluster, where it runs.
    fn job(&self) -> Option<&Steps> {
        self.difference.after.and_then(|after| after.steps.as_ref())
    }

    /// Whether it alone changes the replicas, so that everything is applied before it.
    fn job_changes_replicas(&self) -> bool {
        self.difference.after.is_some_and(Cluster::steps_change_replicas)
    }

    /// Where a step runs, and who does it.
    pub(super) fn of_step(&self, row: &Row, action: &Action) -> (Stage, By) {
        let stage = self.stage(row, action);
        let by = match stage {
            Stage::Base | Stage::Cluster | Stage::Steps => By::Tool,
            Stage::Prepare | Stage::Settle if self.job().is_some() => By::Job,
            Stage::Before | Stage::Prepare | Stage::Settle | Stage::After => By::You,
        };
        (stage, by)
    }

    /// Argo CD and Flux apply everything at a merge, StatefulSets included: without the program, what has to be done before
    /// those change is done before the merge.
    fn stage(&self, row: &Row, action: &Action) -> Stage {
        let is_applied = self.difference.after.is_some_and(|after| applies_at_once(after.dialect));
        match row.kind {
            Kind::Cleanup if self.job().is_some_and(|steps| steps.cleanup == Cleanup::Manual) => Stage::After,
            Kind::Join if self.joins(action, true) => Stage::Settle,
            _ if row.stage == Stage::Prepare && self.job_changes_replicas() => Stage::Settle,
            _ if row.stage == Stage::Prepare && is_applied => Stage::Before,
            _ => row.stage,
        }
    }

    /// Whether the Job makes a pod that joins (`true`), and whether a pod of a new StatefulSet joins (`false`).
    fn joins(&self, action: &Action, made_by_job: bool) -> bool {
        let Action::Join { pods, .. } = action else { return false };
        pods.iter().any(|pod| is_made_by_job(self.difference, pod) == made_by_job)
    }

    /// By what the steps are sorted.
    pub(super) fn place(&self, row: &Row, stage: Stage, action: &Action) -> (bool, (usize, usize)) {
        let is_after_merge = stage != Stage::Before;
        if !self.job_changes_replicas() {
            return (is_after_merge, (0, 0));
        }
        let (part, place) = row.kind.place_with_job();
        let place = match row.kind {
            // Pods of new StatefulSets start as soon as these are applied.
            _ if stage == Stage::Cluster => (0, place),
            // Those that wait for one that the Job makes use up the disruption budget: no pod restarts before they joined.
            Kind::Join if self.joins(action, false) => Kind::Roll.place_with_job(),
            _ => (part, place),
        };
        (is_after_merge, place)
    }
}
