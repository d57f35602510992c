//! After another release line runs everywhere, every node rewrites its tables in its format, one after the other.

use super::Next;
use crate::action::{Action, Reason};
use crate::cluster::NodeJob;
use crate::guard::Guard;
use crate::situation::Situation;
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let line = situation.ring.version.minor.name();
    let is_old = |pod: &&String| {
        let tables = situation.state.memory.nodes.get(*pod).and_then(|node| node.tables.as_deref());
        tables.is_some_and(|tables| tables != line) && situation.failure(pod).is_none()
    };
    let wanted = situation.wanted();
    let Some((pod, host_id)) = wanted.iter().filter(is_old).find_map(|pod| Some((pod, situation.member(pod)?))) else {
        return Next::Nothing;
    };
    let start = || Action::Start {
        pod: pod.clone(),
        host_id: host_id.to_owned(),
        job: NodeJob::UPGRADE_TABLES,
        operation: None,
    };
    super::jobs::unless_it_runs(situation, pod, not_now(situation, &Aside::nothing()), start)
}

/// Why no node rewrites its tables now.
pub(super) fn not_now(situation: &Situation<'_>, aside: &Aside<'_>) -> Vec<Reason> {
    let line = situation.ring.version.minor.name();
    let mut reasons = situation.not_ready_to_change(aside);
    reasons.extend(situation.unready(aside));
    let all_new = situation.gossip.releases().iter().all(|release| release.minor == situation.ring.version.minor);
    if !all_new {
        reasons.push(Reason::of_ring("VersionsMixed", format!("not every node runs {line} yet")));
    }
    if situation.is_off(Guard::TablesLast) {
        reasons.clear();
    }
    reasons
}
