//! Plans with planted errors: the checker finds each of them as what it is, and nothing in the plans as they are.

mod errors;
mod gaps;

use std::collections::BTreeSet;

use super::stories::{STORIES, Story, plan_of};
use crate::checker::{Finding, Kind, Sides};
use crate::rendered::assert_none;
use errors::PLANTED;

fn kinds(findings: &[Finding]) -> BTreeSet<Kind> {
    findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn the_plans_of_the_stories_keep_every_promise() {
    for story in STORIES {
        let (before, after) = story.clusters();
        let plan = plan_of(before.as_ref(), after.as_ref());
        let findings = Sides::of(before.as_ref(), after.as_ref()).check(&plan);
        assert_none(&findings.iter().map(|finding| format!("{story:?}: {finding}\n{plan:#?}")).collect::<Vec<_>>());
    }
}

#[test]
fn every_planted_error_is_found_as_what_it_is() {
    let mut missed = Vec::new();
    for story in STORIES {
        let (before, after) = story.clusters();
        let plan = plan_of(before.as_ref(), after.as_ref());
        let sides = Sides::of(before.as_ref(), after.as_ref());
        for (number, (kind, _, plant)) in PLANTED.iter().enumerate().filter(|(_, (_, of, _))| *of == story) {
            let mut bad = plan.clone();
            plant(&mut bad);
            assert_ne!(bad, plan, "number {number} plants nothing");
            let found = kinds(&sides.check(&bad));
            if !found.contains(kind) {
                missed.push(format!("number {number} in {story:?}: {kind:?} is not among {found:?}"));
            }
        }
    }
    assert_none(&missed);
}

#[test]
fn every_promise_has_a_planted_error() {
    let planted: BTreeSet<Kind> = PLANTED.iter().map(|(kind, ..)| *kind).collect();
    let missing: Vec<String> =
        Kind::ALL.iter().filter(|kind| !planted.contains(kind)).map(|kind| format!("{kind:?}")).collect();
    assert_none(&missing);
}
