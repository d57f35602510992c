//! The errors that are planted, each with the promise that it breaks.

use cassc::plan::{Action, By, Guard, ObjectName, Plan, RackRoll, Stage, Step, Verdict};

use super::super::named;
use super::Story;
use crate::checker::Kind;

/// The position of the first step of a name.
fn at(plan: &Plan, name: &str) -> usize {
    let found = plan.steps.iter().position(|step| named(&step.action) == name);
    found.unwrap_or_else(|| panic!("{name} is none of the steps of {plan:#?}"))
}

fn drop_step(plan: &mut Plan, name: &str) {
    plan.steps.remove(at(plan, name));
}

/// Puts the first step of a name before the first of another one.
fn hurry(plan: &mut Plan, name: &str, before: &str) {
    let step = plan.steps.remove(at(plan, name));
    plan.steps.insert(at(plan, before), step);
}

/// The list of pods of a step.
fn pods<'p>(plan: &'p mut Plan, name: &str) -> &'p mut Vec<String> {
    let position = at(plan, name);
    match &mut plan.steps[position].action {
        Action::Decommission { pods, .. }
        | Action::Join { pods, .. }
        | Action::Rebuild { pods, .. }
        | Action::UpgradeTables { pods }
        | Action::Cleanup { pods } => pods,
        Action::Roll { racks, .. } => &mut racks[0].pods,
        Action::DeleteClaims { claims } => claims,
        other => panic!("{other:?} has no list of pods"),
    }
}

fn edit(plan: &mut Plan, name: &str, change: impl Fn(&mut Action)) {
    let position = at(plan, name);
    change(&mut plan.steps[position].action);
}

fn racks(plan: &mut Plan, change: impl Fn(&mut Vec<RackRoll>)) {
    edit(plan, "roll", |action| {
        if let Action::Roll { racks, .. } = action {
            change(racks);
        }
    });
}

/// The first apply is that of the base; in the busy story the last one retires.
fn apply(plan: &mut Plan, which: usize, change: impl Fn([&mut Vec<ObjectName>; 4])) {
    let applies = plan.steps.iter_mut().filter_map(|step| match &mut step.action {
        Action::Apply { created, changed, removed, kept } => Some([created, changed, removed, kept]),
        _ => None,
    });
    change(applies.into_iter().nth(which).expect("there are that many"));
}

fn growth(plan: &mut Plan, to: &str) {
    edit(plan, "expandClaims", |action| {
        if let Action::ExpandClaims { claims } = action {
            to.clone_into(&mut claims[0].to);
        }
    });
}

fn step(stage: Stage, action: Action, guards: &[Guard]) -> Step {
    Step { stage, by: By::You, action, guards: guards.to_vec() }
}

/// What is planted, in which story, and as what it must be found.
pub(super) type Planted = (Kind, Story, fn(&mut Plan));

pub(super) const PLANTED: &[Planted] = &[
    (Kind::VerdictMisjudged, Story::Busy, |plan| plan.verdict = Verdict::Unchanged),
    (Kind::StepsForNothing, Story::Same, |plan| plan.steps.push(step(Stage::Settle, Action::Resume {}, &[]))),
    (Kind::StepAfterDeletion, Story::Gone, |plan| {
        let claims = vec!["server-data-shop-dc1-a-sts-0".to_owned()];
        plan.steps.push(step(Stage::Settle, Action::DeleteClaims { claims }, &[Guard::NodeHasLeft]));
    }),
    (Kind::WrongCounts, Story::Busy, |plan| plan.counts.pods_restart += 1),
    (Kind::WrongCounts, Story::Busy, |plan| plan.summary.clear()),
    (Kind::UnknownName, Story::Busy, |plan| pods(plan, "join").push("shop-dc1-z-sts-0".to_owned())),
    (Kind::UnknownName, Story::Arriving, |plan| {
        edit(plan, "replicateSystemKeyspaces", |action| {
            if let Action::ReplicateSystemKeyspaces { replicas } = action {
                replicas.insert("dc3".to_owned(), 3);
            }
        });
    }),
    (Kind::WrongStage, Story::Busy, |plan| {
        let position = at(plan, "decommission");
        plan.steps[position].stage = Stage::Settle;
    }),
    (Kind::WrongStage, Story::Job, |plan| {
        let position = at(plan, "decommission");
        plan.steps[position].stage = Stage::Before;
    }),
    (Kind::WrongStage, Story::Job, |plan| {
        let position = at(plan, "join");
        plan.steps[position].stage = Stage::Cluster;
    }),
    (Kind::WrongDoer, Story::Busy, |plan| {
        let position = at(plan, "roll");
        plan.steps[position].by = By::Job;
    }),
    (Kind::WrongDoer, Story::Job, |plan| {
        let position = at(plan, "decommission");
        plan.steps[position].by = By::You;
    }),
    (Kind::PersonNotTold, Story::Job, |plan| {
        let is_check = |step: &Step| matches!(&step.action, Action::Person { task } if task.contains("/spec/replicas"));
        plan.steps.retain(|step| !is_check(step));
    }),
    (Kind::TwoChangesAtOnce, Story::Job, |plan| hurry(plan, "join", "decommission")),
    (Kind::RestartsWhileRingChanges, Story::Job, |plan| hurry(plan, "roll", "decommission")),
    (Kind::WrongEnd, Story::Job, |plan| drop_step(plan, "decommission")),
    (Kind::WrongEnd, Story::Job, |plan| drop_step(plan, "join")),
    (Kind::ClaimKept, Story::Job, |plan| {
        pods(plan, "deleteClaims").push("server-data-shop-dc2-a-sts-2".to_owned());
    }),
    (Kind::ClaimBeforeNodeLeft, Story::Job, |plan| hurry(plan, "deleteClaims", "decommission")),
    (Kind::ClaimLeftBehind, Story::Job, |plan| drop(pods(plan, "deleteClaims").pop())),
    (Kind::RolesMisjudged, Story::Settled, |plan| drop_step(plan, "createRoles")),
    (Kind::RepairMisjudged, Story::Settled, |plan| drop_step(plan, "repair")),
    (Kind::RepairMisjudged, Story::Job, |plan| {
        let action = Action::Repair { keyspace: "system_auth".to_owned() };
        plan.steps.push(step(Stage::Settle, action, &[Guard::RingWhole]));
    }),
    (Kind::OperationMisjudged, Story::Operations, |plan| drop_step(plan, "operation")),
    (Kind::MissingGuard, Story::Operations, |plan| {
        let position = at(plan, "operation");
        plan.steps[position].guards.retain(|guard| *guard != Guard::NodeIsDown);
    }),
    (Kind::UnknownName, Story::Removal, |plan| {
        pods(plan, "decommission").insert(0, "shop-dc2-c-sts-2".to_owned());
    }),
    (Kind::StopMisjudged, Story::Stopped, |plan| drop_step(plan, "stop")),
    (Kind::StopMisjudged, Story::Started, |plan| drop_step(plan, "start")),
    (Kind::RestartsNobody, Story::Started, |plan| {
        let rack = RackRoll {
            datacenter: "dc1".to_owned(),
            rack: "a".to_owned(),
            stateful_set: "shop-dc1-a-sts".to_owned(),
            pods: vec!["shop-dc1-a-sts-0".to_owned()],
            reasons: vec!["cassandra.config.concurrent_reads".to_owned()],
        };
        let action = Action::Roll { racks: vec![rack], canary_pods: None, stopped: false };
        plan.steps.push(step(Stage::Settle, action, &[Guard::OthersUp, Guard::BudgetAllows]));
    }),
    (Kind::MissingGuard, Story::Busy, |plan| {
        let position = at(plan, "decommission");
        plan.steps[position].guards.retain(|guard| *guard != Guard::SpaceSuffices);
    }),
    (Kind::PersonNotTold, Story::Leaving, |plan| drop_step(plan, "person")),
    (Kind::PersonNotTold, Story::Upgrade, |plan| drop_step(plan, "person")),
    (Kind::PersonNotTold, Story::Arriving, |plan| drop_step(plan, "person")),
    (Kind::ObjectMissing, Story::Busy, |plan| apply(plan, 0, |[_, changed, ..]| drop(changed.pop()))),
    (Kind::ObjectMissing, Story::Gone, |plan| plan.steps.clear()),
    (Kind::ObjectUnchanged, Story::Busy, |plan| {
        apply(plan, 0, |[_, changed, ..]| {
            let mut other = changed[0].clone();
            (other.kind, other.name) = ("Service".to_owned(), "shop-seed-service".to_owned());
            changed.push(other);
        });
    }),
    (Kind::ObjectTwice, Story::Busy, |plan| apply(plan, 0, |[_, changed, ..]| changed.push(changed[0].clone()))),
    (Kind::ObjectMisjudged, Story::Busy, |plan| {
        apply(plan, 0, |[created, changed, ..]| created.extend(changed.pop()));
    }),
    (Kind::RemovedAgainstItsMark, Story::Busy, |plan| apply(plan, 2, |[_, _, removed, kept]| removed.append(kept))),
    (Kind::ApplyOrder, Story::Busy, |plan| {
        let base = plan.steps.remove(at(plan, "apply"));
        let sets = at(plan, "apply");
        plan.steps.insert(sets + 1, base);
    }),
    (Kind::ApplyOrder, Story::Busy, |plan| {
        let retired = plan.steps.iter().rposition(|step| named(&step.action) == "apply").expect("it is there");
        let retired = plan.steps.remove(retired);
        plan.steps.insert(0, retired);
    }),
    (Kind::ApplyOrder, Story::Busy, |plan| {
        let leaving = plan.steps.remove(at(plan, "decommission"));
        let base = at(plan, "apply");
        plan.steps.insert(base + 1, leaving);
    }),
    (Kind::LeavesThoughItStays, Story::Busy, |plan| {
        pods(plan, "decommission").push("shop-dc2-c-sts-0".to_owned());
    }),
    (Kind::LeavesThoughItStays, Story::Busy, |plan| {
        let again = pods(plan, "decommission")[0].clone();
        pods(plan, "decommission").push(again);
    }),
    (Kind::NotTheLastOfItsRack, Story::Busy, |plan| pods(plan, "decommission").reverse()),
    (Kind::NotTheLastOfItsRack, Story::Leaving, |plan| pods(plan, "decommission").reverse()),
    (Kind::GoneBeforeItLeft, Story::Busy, |plan| drop_step(plan, "decommission")),
    (Kind::GoneBeforeItLeft, Story::Leaving, |plan| drop(pods(plan, "decommission").pop())),
    (Kind::GoneBeforeItLeft, Story::Busy, |plan| {
        apply(plan, 2, |[_, _, removed, _]| {
            let mut set = removed[0].clone();
            (set.kind, set.name) = ("StatefulSet".to_owned(), "shop-dc2-a-sts".to_owned());
            removed.push(set);
        });
    }),
    (Kind::NodesLeftMisjudged, Story::Busy, |plan| {
        edit(plan, "decommission", |action| {
            if let Action::Decommission { nodes_left, .. } = action {
                *nodes_left += 1;
            }
        });
    }),
    (Kind::TwoChangesAtOnce, Story::Busy, |plan| hurry(plan, "join", "decommission")),
    (Kind::TwoChangesAtOnce, Story::Busy, |plan| {
        let leaving = plan.steps.remove(at(plan, "decommission"));
        let join = at(plan, "join");
        plan.steps.insert(join, leaving);
    }),
    (Kind::NotStarting, Story::Busy, |plan| hurry(plan, "join", "apply")),
    (Kind::NotStarting, Story::Busy, |plan| pods(plan, "join").push("shop-dc1-a-sts-0".to_owned())),
    (Kind::JoinOrder, Story::Busy, |plan| pods(plan, "join").reverse()),
    (Kind::JoinOrder, Story::New, |plan| pods(plan, "join").sort()),
    (Kind::JoinOrder, Story::Busy, |plan| {
        let position = at(plan, "join");
        let mut second = plan.steps[position].clone();
        if let Action::Join { pods, .. } = &mut second.action {
            pods.remove(0);
        }
        pods(plan, "join").truncate(1);
        plan.steps.insert(position + 1, second);
    }),
    (Kind::WrongFounder, Story::Busy, |plan| {
        edit(plan, "join", |action| {
            if let Action::Join { founds, .. } = action {
                *founds = true;
            }
        });
    }),
    (Kind::BelowReplication, Story::Few, |plan| drop_step(plan, "replicateSystemKeyspaces")),
    (Kind::StillReplicated, Story::Leaving, |plan| drop_step(plan, "replicateSystemKeyspaces")),
    (Kind::TooManyReplicas, Story::Arriving, |plan| hurry(plan, "replicateSystemKeyspaces", "join")),
    (Kind::ReplicasUnchanged, Story::Leaving, |plan| {
        let again = plan.steps[at(plan, "replicateSystemKeyspaces")].clone();
        plan.steps.push(again);
    }),
    (Kind::RebuildWithoutReplicas, Story::Arriving, |plan| hurry(plan, "rebuild", "replicateSystemKeyspaces")),
    (Kind::RebuildFromNowhere, Story::Arriving, |plan| {
        edit(plan, "rebuild", |action| {
            if let Action::Rebuild { from, .. } = action {
                "dc3".clone_into(from);
            }
        });
    }),
    (Kind::RebuildMisjudged, Story::Arriving, |plan| drop(pods(plan, "rebuild").pop())),
    (Kind::RebuildMisjudged, Story::Arriving, |plan| drop_step(plan, "rebuild")),
    (Kind::CleanupMisjudged, Story::Busy, |plan| drop(pods(plan, "cleanup").pop())),
    (Kind::CleanupMisjudged, Story::Busy, |plan| hurry(plan, "cleanup", "join")),
    (Kind::CleanupMisjudged, Story::Busy, |plan| pods(plan, "cleanup").push("shop-dc2-a-sts-0".to_owned())),
    (Kind::TablesMisjudged, Story::Upgrade, |plan| hurry(plan, "upgradeTables", "roll")),
    (Kind::TablesMisjudged, Story::Upgrade, |plan| drop_step(plan, "upgradeTables")),
    (Kind::RestartsTwice, Story::Busy, |plan| {
        let again = pods(plan, "roll")[0].clone();
        pods(plan, "roll").push(again);
    }),
    (Kind::RestartsTwice, Story::Upgrade, |plan| {
        let again = plan.steps[at(plan, "roll")].clone();
        plan.steps.push(again);
    }),
    (Kind::RestartsNobody, Story::Busy, |plan| pods(plan, "roll").push("shop-dc2-a-sts-2".to_owned())),
    (Kind::RestartsNewPod, Story::Busy, |plan| pods(plan, "roll").insert(0, "shop-dc1-a-sts-2".to_owned())),
    (Kind::RestartsUnchanged, Story::Few, |plan| {
        let rack = RackRoll {
            datacenter: "dc1".to_owned(),
            rack: "a".to_owned(),
            stateful_set: "shop-dc1-a-sts".to_owned(),
            pods: vec!["shop-dc1-a-sts-0".to_owned()],
            reasons: vec!["nodes".to_owned()],
        };
        let action = Action::Roll { racks: vec![rack], canary_pods: None, stopped: false };
        plan.steps.push(step(Stage::Settle, action, &[Guard::OthersUp, Guard::BudgetAllows]));
    }),
    (Kind::RestartMissing, Story::Busy, |plan| racks(plan, |racks| drop(racks.pop()))),
    (Kind::RestartMissing, Story::Busy, |plan| drop(pods(plan, "roll").pop())),
    (Kind::RestartMissing, Story::Upgrade, |plan| drop_step(plan, "roll")),
    (Kind::RestartsBeforeApplied, Story::Upgrade, |plan| hurry(plan, "roll", "apply")),
    (Kind::RestartsWhileRingChanges, Story::Busy, |plan| hurry(plan, "roll", "join")),
    (Kind::RestartsWhileRingChanges, Story::Busy, |plan| hurry(plan, "roll", "decommission")),
    (Kind::RollOrder, Story::Busy, |plan| racks(plan, |racks| racks.reverse())),
    (Kind::RollOrder, Story::Busy, |plan| pods(plan, "roll").reverse()),
    (Kind::RollOrder, Story::Busy, |plan| {
        racks(plan, |racks| {
            let [one, other, ..] = racks.as_mut_slice() else { panic!("two racks roll") };
            std::mem::swap(&mut one.pods, &mut other.pods);
        });
    }),
    (Kind::RolloutReadError, Story::Busy, |plan| {
        edit(plan, "roll", |action| {
            if let Action::Roll { stopped, .. } = action {
                *stopped = true;
            }
        });
    }),
    (Kind::ReasonMisjudged, Story::Busy, |plan| racks(plan, |racks| racks[0].reasons.clear())),
    (Kind::ReasonMisjudged, Story::Busy, |plan| racks(plan, |racks| racks[0].reasons.push("storage".to_owned()))),
    (Kind::ResumeMisjudged, Story::Resumed, |plan| drop_step(plan, "resume")),
    (Kind::ResumeMisjudged, Story::Few, |plan| plan.steps.push(step(Stage::Settle, Action::Resume {}, &[]))),
    (Kind::ClaimBeforeNodeLeft, Story::Busy, |plan| hurry(plan, "deleteClaims", "decommission")),
    (Kind::ClaimBeforeNodeLeft, Story::Few, |plan| hurry(plan, "deleteClaims", "decommission")),
    (Kind::ClaimOfStayingNode, Story::Busy, |plan| {
        pods(plan, "deleteClaims").push("server-data-shop-dc2-a-sts-0".to_owned());
    }),
    (Kind::ClaimLeftBehind, Story::Busy, |plan| drop(pods(plan, "deleteClaims").pop())),
    (Kind::ClaimLeftBehind, Story::Busy, |plan| {
        pods(plan, "deleteClaims").retain(|claim| !claim.starts_with("commitlog"));
    }),
    (Kind::ClaimShrinks, Story::Busy, |plan| growth(plan, "50Gi")),
    (Kind::ClaimSizeMisjudged, Story::Busy, |plan| growth(plan, "300Gi")),
    (Kind::ClaimNotGrown, Story::Busy, |plan| drop_step(plan, "expandClaims")),
    (Kind::WrongEnd, Story::Busy, |plan| drop_step(plan, "join")),
    (Kind::WrongEnd, Story::Arriving, |plan| drop_step(plan, "replicateSystemKeyspaces")),
];
