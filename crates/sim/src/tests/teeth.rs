//! The simulation finds what goes wrong without a guard of the program, within a thousand histories.

use cassc_settle::guard::{Guard, Guards};

use crate::focus::Focus;
use crate::generate::{Mix, history};
use crate::teeth::bites;

/// How many histories may be needed.
const MOST: u64 = 1000;

/// Each guard, with what the histories are about that need it.
const TABLE: [(Guard, Focus); 19] = [
    (Guard::Fence, Focus::Upgrades),
    (Guard::Recheck, Focus::Upgrades),
    (Guard::Precondition, Focus::Growth),
    (Guard::RingWhole, Focus::Hands),
    (Guard::SchemaAgrees, Focus::Shrinks),
    (Guard::ReplicationFits, Focus::Upgrades),
    (Guard::NothingReplicated, Focus::Datacenters),
    (Guard::LeftBeforeLower, Focus::Datacenters),
    (Guard::JobEnded, Focus::Datacenters),
    (Guard::OneReplica, Focus::Datacenters),
    (Guard::UnknownIsNotAbsent, Focus::Everything),
    (Guard::ClaimUnmounted, Focus::Datacenters),
    (Guard::ClaimCleared, Focus::Datacenters),
    (Guard::OthersUp, Focus::Upgrades),
    (Guard::TemplateApplied, Focus::Everything),
    (Guard::LiveVersions, Focus::Upgrades),
    (Guard::NoCleanupRuns, Focus::Growth),
    (Guard::OneJoins, Focus::Growth),
    (Guard::TablesLast, Focus::Upgrades),
];

#[test]
fn every_guard_of_the_table_is_missed() {
    let half = |offset: usize| -> Vec<String> {
        let mine = TABLE.iter().skip(offset).step_by(2);
        let missing = mine.filter(|(guard, focus)| {
            let mix = Mix { focus: *focus, ..Mix::default() };
            !(0..MOST).any(|seed| bites(Guards::without(*guard), &history(seed, mix)).is_some())
        });
        missing.map(|(guard, _)| format!("{guard:?}")).collect()
    };
    let unseen = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut unseen = half(0);
        unseen.extend(other.join().expect("no thread fails"));
        unseen
    });
    assert!(unseen.is_empty(), "{MOST} histories do not miss {}", unseen.join(", "));
}
