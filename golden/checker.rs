//! Judges a plan without asking the planner: reads both clusters from what is rendered for them, walks the steps over a
//! small world of nodes, claims, objects and replicas, and names every promise that the plan breaks. It knows nothing
//! of how a plan is made.

mod claims;
mod finding;
mod objects;
mod operations;
mod replicas;
mod restarts;
mod ring;
mod settled;
mod side;
mod table;
mod told;
mod world;

use cassc::cluster::Cluster;
use cassc::plan::{Action, Counts, OperationChange, OperationKind, Plan, Step, Verdict};

pub(crate) use finding::{Finding, Kind};
use side::Side;
use world::World;

/// Everything that is wrong with the plan of this change.
pub(crate) fn check(before: Option<&Cluster>, after: Option<&Cluster>, plan: &Plan) -> Vec<Finding> {
    Sides::of(before, after).check(plan)
}

/// A change as it is rendered, for many plans of it.
pub(crate) struct Sides<'c> {
    before: Side<'c>,
    after: Side<'c>,
}

impl<'c> Sides<'c> {
    /// Reads what is rendered for both.
    pub(crate) fn of(before: Option<&'c Cluster>, after: Option<&'c Cluster>) -> Self {
        Self { before: Side::of(before), after: Side::of(after) }
    }

    /// Everything that is wrong with this plan.
    pub(crate) fn check(&self, plan: &Plan) -> Vec<Finding> {
        let mut world = World::new(&self.before, &self.after);
        self.judge_verdict(&mut world, plan);
        for (number, step) in plan.steps.iter().enumerate() {
            world.judge_row(step);
            let is_quiet = matches!(step.action, Action::Apply { .. } | Action::Person { .. });
            if self.after.cluster.is_some() || is_quiet {
                walk(&mut world, step);
            } else {
                world.find(Kind::StepAfterDeletion, format!("step {number}"));
            }
        }
        world.judge_reasons(plan);
        world.judge_objects_at_the_end();
        if self.after.cluster.is_some() {
            world.judge_told_before();
            world.judge_ring_at_the_end();
            world.judge_replicas_at_the_end();
            world.judge_restarts_at_the_end();
            world.judge_claims_at_the_end();
            world.judge_settled_at_the_end();
            world.judge_operations_at_the_end();
        }
        judge_counts(&mut world, plan);
        world.findings
    }

    fn judge_verdict(&self, world: &mut World<'_>, plan: &Plan) {
        let handed_over = self.before.handed_over == self.after.handed_over;
        let same = handed_over && self.before.objects == self.after.objects;
        let expected = match (self.before.cluster, self.after.cluster) {
            (None, _) => Verdict::New,
            (Some(_), None) => Verdict::Deleted,
            (Some(_), Some(_)) if same => Verdict::Unchanged,
            (Some(_), Some(_)) => Verdict::Changed,
        };
        if plan.verdict != expected {
            world.find(Kind::VerdictMisjudged, format!("{:?} instead of {expected:?}", plan.verdict));
        }
        if same && !plan.steps.is_empty() {
            world.find(Kind::StepsForNothing, format!("{} steps", plan.steps.len()));
        }
    }
}

fn walk(world: &mut World<'_>, step: &Step) {
    match &step.action {
        Action::Person { task } => world.tasks.push((step.stage, task.clone())),
        Action::Apply { created, changed, removed, kept } => world.apply(created, changed, removed, kept),
        Action::Decommission { datacenter, pods, nodes_left } => {
            world.decommission(step.stage, datacenter, pods, *nodes_left);
        }
        Action::Join { pods, founds, .. } => world.join(step.stage, pods, *founds),
        Action::ReplicateSystemKeyspaces { replicas } => world.replicate(replicas),
        Action::Rebuild { datacenter, from, pods } => world.rebuild(datacenter, from, pods),
        Action::Roll { racks, canary_pods, stopped } => world.roll(racks, *canary_pods, *stopped),
        Action::Resume {} => world.resumes += 1,
        Action::UpgradeTables { pods } => world.rewrite_tables(pods),
        Action::Cleanup { pods } => world.clean_up(pods),
        Action::ExpandClaims { claims } => world.expand(claims),
        Action::DeleteClaims { claims } => world.delete_claims(claims),
        Action::Stop { pods } => world.stop_or_start(true, pods),
        Action::Start { pods } => world.stop_or_start(false, pods),
        Action::CreateRoles { roles, .. } => world.roles.push(roles.clone()),
        Action::Repair { .. } => world.repairs += 1,
        Action::Operation { change, operation, pods } => {
            world.operations.push((operation.id.clone(), *change, pods.clone()));
            if operation.kind == OperationKind::RemoveNode && *change != OperationChange::Waits {
                pods.iter().for_each(|pod| drop(world.nodes.remove(pod)));
            }
        }
    }
}

/// Adds up what the steps name, and looks for the numbers in the first line.
fn judge_counts(world: &mut World<'_>, plan: &Plan) {
    let mut counts = Counts::default();
    for step in &plan.steps {
        match &step.action {
            Action::Roll { racks, .. } => {
                counts.racks_roll += racks.len();
                racks.iter().for_each(|rack| counts.pods_restart += rack.pods.len());
            }
            Action::Join { pods, .. } => counts.nodes_join += pods.len(),
            Action::Decommission { pods, .. } => counts.nodes_leave += pods.len(),
            Action::ExpandClaims { claims } => counts.claims_grow += claims.len(),
            Action::DeleteClaims { claims } => counts.claims_deleted += claims.len(),
            Action::Operation { change: OperationChange::Waits, .. } => {}
            Action::Operation { operation, pods, .. } => {
                counts.operations += 1;
                if operation.kind == OperationKind::Restart {
                    counts.pods_restart += pods.len();
                }
            }
            _ => {}
        }
    }
    if counts != plan.counts {
        world.find(Kind::WrongCounts, format!("{:?} instead of {counts:?}", plan.counts));
    }
    let told = [
        (counts.pods_restart, "pod", if counts.racks_roll > 0 { ")" } else { " restart" }),
        (counts.nodes_join, "node", " join"),
        (counts.nodes_leave, "node", " leave"),
        (counts.claims_grow, "PVC", " grow"),
        (counts.operations, "operation", " run"),
    ];
    for (number, one, end) in told.into_iter().filter(|(number, ..)| *number > 0) {
        let plural = if number == 1 { "" } else { "s" };
        if !plan.summary.contains(&format!("{number} {one}{plural}{end}")) {
            world.find(Kind::WrongCounts, format!("{:?} does not tell of {number} {one}{plural}", plan.summary));
        }
    }
}
