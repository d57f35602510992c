//! Every way to leave one thing out of a plan, or to have it there twice, is found.

use cassc::plan::{Action, Plan, Stage};

use super::super::named;
use super::super::stories::{STORIES, plan_of};
use super::kinds;
use crate::checker::{Kind, Sides};
use crate::rendered::assert_none;

/// The plan without one step, without one guard, or with an element of a list gone or there twice.
fn without_something(plan: &Plan) -> Vec<(String, Plan)> {
    let mut bad = Vec::new();
    let mut note = |what: String, change: &dyn Fn(&mut Plan)| {
        let mut other = plan.clone();
        change(&mut other);
        bad.push((what, other));
    };
    for (number, step) in plan.steps.iter().enumerate() {
        let name = named(&step.action);
        let is_person = matches!(step.action, Action::Person { .. });
        // What a person is told at the end holds nothing up, and it may be told twice.
        if step.stage != Stage::After || !is_person {
            note(format!("{name} {number} dropped"), &|plan| drop(plan.steps.remove(number)));
        }
        if !is_person {
            note(format!("{name} {number} twice"), &|plan| plan.steps.insert(number, plan.steps[number].clone()));
        }
        for guard in 0..step.guards.len() {
            note(format!("{name} without guard {guard}"), &|plan| {
                plan.steps[number].guards.remove(guard);
            });
        }
        for element in 0..elements(&step.action) {
            note(format!("{name} without {element}"), &|plan| change_element(plan, number, element, false));
            note(format!("{name} with {element} twice"), &|plan| change_element(plan, number, element, true));
        }
    }
    bad
}

/// How many things a step names.
fn elements(action: &Action) -> usize {
    match action {
        Action::Decommission { pods, .. }
        | Action::Join { pods, .. }
        | Action::Rebuild { pods, .. }
        | Action::UpgradeTables { pods }
        | Action::Cleanup { pods }
        | Action::Stop { pods }
        | Action::Start { pods }
        | Action::Operation { pods, .. }
        | Action::DeleteClaims { claims: pods } => pods.len(),
        Action::Roll { racks, .. } => racks.iter().map(|rack| rack.pods.len()).sum(),
        Action::ExpandClaims { claims } => claims.len(),
        Action::Apply { created, changed, removed, kept } => {
            [created, changed, removed, kept].map(Vec::len).into_iter().sum()
        }
        Action::CreateRoles { roles, .. } => roles.len(),
        Action::Person { .. } | Action::ReplicateSystemKeyspaces { .. } | Action::Resume {} | Action::Repair { .. } => {
            0
        }
    }
}

fn change_element(plan: &mut Plan, step: usize, element: usize, twice: bool) {
    fn change<T: Clone>(lists: Vec<&mut Vec<T>>, mut element: usize, twice: bool) {
        for list in lists {
            if element < list.len() {
                let it = list.remove(element);
                let copies = if twice { vec![it.clone(), it] } else { Vec::new() };
                list.splice(element..element, copies);
                return;
            }
            element -= list.len();
        }
    }
    match &mut plan.steps[step].action {
        Action::Decommission { pods, .. }
        | Action::Join { pods, .. }
        | Action::Rebuild { pods, .. }
        | Action::UpgradeTables { pods }
        | Action::Cleanup { pods }
        | Action::Stop { pods }
        | Action::Start { pods }
        | Action::Operation { pods, .. }
        | Action::DeleteClaims { claims: pods } => change(vec![pods], element, twice),
        Action::Roll { racks, .. } => change(racks.iter_mut().map(|rack| &mut rack.pods).collect(), element, twice),
        Action::ExpandClaims { claims } => change(vec![claims], element, twice),
        Action::Apply { created, changed, removed, kept } => {
            change(vec![created, changed, removed, kept], element, twice);
        }
        Action::CreateRoles { roles, .. } => change(vec![roles], element, twice),
        Action::Person { .. } | Action::ReplicateSystemKeyspaces { .. } | Action::Resume {} | Action::Repair { .. } => {
        }
    }
}

/// The counts alone would give it away, so they do not count here.
#[test]
fn whatever_is_missing_or_there_twice_is_found() {
    let (mut missed, mut tried) = (Vec::new(), 0);
    for story in STORIES {
        let (before, after) = story.clusters();
        let plan = plan_of(before.as_ref(), after.as_ref());
        let sides = Sides::of(before.as_ref(), after.as_ref());
        for (what, bad) in without_something(&plan) {
            tried += 1;
            let mut found = kinds(&sides.check(&bad));
            found.remove(&Kind::WrongCounts);
            if found.is_empty() {
                missed.push(format!("{story:?}: {what}"));
            }
        }
    }
    assert!(tried > 300, "only {tried} plans were tried");
    assert_none(&missed);
}
