//! The conditions of a cluster, under the names that Cass Operator gives those of a `CassandraDatacenter`, and `Refused`.

use std::collections::BTreeMap;

use crate::action::{Decision, Reason};
use crate::decide::reaper_said as said;
use crate::observed::Pod;
use crate::schedules::acts;
use crate::situation::Situation;
use crate::state::Condition;

/// The conditions after a decision. One whose status is as before keeps its time.
pub fn conditions(situation: &Situation<'_>, decision: &Decision) -> BTreeMap<String, Condition> {
    let before = &situation.state.memory.conditions;
    let mut conditions = BTreeMap::new();
    let found = findings(situation, decision).into_iter().map(|(name, finding)| match finding {
        Some((reason, message)) => (name, true, reason, message),
        None => (name, false, "AsDeclared".to_owned(), String::new()),
    });
    for (name, status, reason, message) in found.chain(repairs(situation)) {
        let since = before.get(name).filter(|it| it.status == status).map_or(situation.seen.now, |it| it.since);
        conditions.insert(name.to_owned(), Condition { status, reason, message, since });
    }
    conditions
}

/// Why a condition is true: reason and message.
type Finding = Option<(String, String)>;

fn findings(situation: &Situation<'_>, decision: &Decision) -> Vec<(&'static str, Finding)> {
    let stopped = situation.is_stopped();
    let was_stopped = situation.state.memory.conditions.get("Stopped").is_some_and(|it| it.status);
    let resuming = situation.state.memory.conditions.get("Resuming").is_some_and(|it| it.status);
    let all_ready = situation.state.host_ids.keys().all(|pod| situation.pod(pod).is_some_and(|it| it.is_ready));
    let yes = |is: bool, reason: &str, message: &str| is.then(|| (reason.to_owned(), message.to_owned()));
    let more = situation.places().any(|place| situation.live_nodes(place) > place.rack.nodes);
    let fewer = situation.wanted().iter().any(|pod| situation.member(pod).is_none());
    let other_version = situation.gossip.releases().iter().any(|release| *release != situation.ring.version);
    vec![
        ("Initialized", yes(situation.state.memory.initialized, "AllJoined", "every node has joined the ring once")),
        ("ScalingUp", yes(!stopped && fewer, "NodesMissing", "nodes are still to join")),
        ("ScalingDown", yes(!stopped && more, "NodesLeave", "nodes are still to leave")),
        ("Updating", yes(!stopped && other_version, "OtherVersion", "nodes run another version of Cassandra")),
        ("RollingRestart", yes(!stopped && is_rolling(situation), "OlderTemplate", "pods have an older template")),
        ("Operating", operating(situation)),
        (
            "ReplacingNodes",
            yes(!situation.state.replaces.is_empty(), "Replacement", "a node takes the place of a dead one"),
        ),
        (
            "Stopped",
            yes(
                stopped && situation.seen.objects.pods.is_empty(),
                "Declared",
                "all nodes are stopped; the claims stay",
            ),
        ),
        ("Resuming", yes(!stopped && !all_ready && (was_stopped || resuming), "Declared", "the nodes come back")),
        ("Ready", yes(!stopped && matches!(decision, Decision::Done(_)), "Settled", "everything is as it is declared")),
        ("Refused", refused(decision)),
    ]
}

/// Whether Reaper has the schedules that are declared. As it was told last, where nobody looked.
fn repairs(situation: &Situation<'_>) -> Option<(&'static str, bool, String, String)> {
    let name = "RepairsScheduled";
    let reaper = situation.reaper()?;
    let Some(seen) = &situation.seen.reaper else {
        let before = situation.state.memory.conditions.get(name)?;
        return Some((name, before.status, before.reason.clone(), before.message.clone()));
    };
    let no = |code: &str, message: String| Some((name, false, code.to_owned(), message));
    let needed = match seen {
        Ok(seen) => acts(reaper, seen),
        Err(failure) => return no("ReaperSilent", said(failure)),
    };
    match needed {
        Err(reason) => no(reason.code, reason.message),
        Ok(needed) => match needed.first() {
            None => Some((name, true, "AsDeclared".to_owned(), format!("{} schedules", reaper.schedules.len()))),
            Some(first) => {
                let troubles = situation.state.memory.reaper.iter().flat_map(|it| &it.troubles);
                let told: Vec<String> = troubles.map(|(about, it)| format!("{about}: {}", it.text)).collect();
                if told.is_empty() {
                    return no("NotYet", format!("{} is not as declared yet", first.about));
                }
                no("ReaperRefuses", told.join("; "))
            }
        },
    }
}

/// The operations under way.
fn operating(situation: &Situation<'_>) -> Finding {
    let open = situation.state.memory.operations.iter().filter(|(_, record)| record.is_open());
    let said = open.map(|(id, record)| {
        let (done, all) = (record.done, record.done + record.left_out + record.todo.len());
        format!("{id} ({}): {done} of {all} nodes done", record.content.kind.name())
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| ("OperationRuns".to_owned(), said.join("; ")))
}

fn is_rolling(situation: &Situation<'_>) -> bool {
    let is_behind = |(name, pod): (&String, &Pod)| {
        situation
            .place_of(name)
            .is_some_and(|(place, _)| place.set.is_observed && pod.revision != place.set.update_revision)
    };
    situation.seen.objects.pods.iter().any(is_behind)
}

fn refused(decision: &Decision) -> Finding {
    let Decision::Refuse(reasons) = decision else { return None };
    let messages: Vec<&str> = reasons.iter().map(|reason| reason.message.as_str()).collect();
    let code = reasons.first().map_or("Refused", |reason: &Reason| reason.code);
    Some((code.to_owned(), messages.join("; ")))
}
