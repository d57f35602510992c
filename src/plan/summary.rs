//! The first line of a plan, what it counts, and the changes with what each of them does.

use std::cell::LazyCell;

use cassc_wording::{counted, counted_as};

use super::facets::Facet;
use super::reasons::{CASSC_ITSELF, Sides};
use super::{Action, Change, Counts, Difference, Effect, OperationChange, OperationKind, Step, Verdict};
use crate::cluster::{Cluster, Datacenter};
use crate::deliver::arrange;

/// Counts what the steps do.
pub(super) fn counts(steps: &[Step]) -> Counts {
    let mut counts = Counts::default();
    for step in steps {
        match &step.action {
            Action::Roll { racks, .. } => {
                counts.racks_roll += racks.len();
                counts.pods_restart += racks.iter().map(|rack| rack.pods.len()).sum::<usize>();
            }
            Action::Join { pods, .. } => counts.nodes_join += pods.len(),
            Action::Decommission { pods, .. } => counts.nodes_leave += pods.len(),
            Action::ExpandClaims { claims } => counts.claims_grow += claims.len(),
            Action::DeleteClaims { claims } => counts.claims_deleted += claims.len(),
            Action::Operation { change, operation, pods } if *change != OperationChange::Waits => {
                counts.operations += 1;
                counts.pods_restart += if operation.kind == OperationKind::Restart { pods.len() } else { 0 };
            }
            _ => {}
        }
    }
    counts
}

/// `2 racks restart (6 pods), 1 node joins, no node leaves`.
pub(super) fn line(verdict: Verdict, counts: Counts, steps: &[Step]) -> String {
    let node = |number: usize, one: &str, many: &str| match number {
        0 => format!("no node {one}"),
        _ => counted_as(number, &format!("node {one}"), &format!("nodes {many}")),
    };
    let all = steps.iter().find_map(|step| match &step.action {
        Action::Stop { pods } => Some(counted_as(pods.len(), "node stops", "nodes stop")),
        Action::Start { pods } => Some(counted_as(pods.len(), "node starts again", "nodes start again")),
        _ => None,
    });
    let rolls = match counts.racks_roll {
        0 if all.is_some() => all.unwrap_or_default(),
        0 if steps.iter().any(|step| step.action == Action::Resume {}) => "a rolling restart resumes".to_owned(),
        0 if counts.pods_restart > 0 => counted_as(counts.pods_restart, "pod restarts", "pods restart"),
        0 => "nothing restarts".to_owned(),
        racks => {
            let is_held_back = steps.iter().any(is_held_back);
            let (one, many) = if is_held_back {
                ("rack waits to restart", "racks wait to restart")
            } else {
                ("rack restarts", "racks restart")
            };
            format!("{} ({})", counted_as(racks, one, many), counted(counts.pods_restart, "pod"))
        }
    };
    let ring = format!("{}, {}", node(counts.nodes_join, "joins", "join"), node(counts.nodes_leave, "leaves", "leave"));
    let grow = match counts.claims_grow {
        0 => String::new(),
        claims => format!(", {}", counted_as(claims, "PVC grows", "PVCs grow")),
    };
    let operations = match counts.operations {
        0 => String::new(),
        operations => format!(", {}", counted_as(operations, "operation runs", "operations run")),
    };
    match verdict {
        Verdict::New => node(counts.nodes_join, "joins", "join"),
        Verdict::Unchanged => "nothing changes".to_owned(),
        Verdict::Deleted => "the topology was deleted".to_owned(),
        Verdict::Changed | Verdict::Refused => format!("{rolls}, {ring}{grow}{operations}"),
    }
}

/// Whether a roll is stopped before it begins.
fn is_held_back(step: &Step) -> bool {
    matches!(step.action, Action::Roll { stopped: true, .. })
}

/// What is different, each with what it does.
pub(super) fn changes(difference: &Difference<'_>) -> Vec<Change> {
    let (Some(before), Some(after)) = (difference.before, difference.after) else { return Vec::new() };
    let pods = |facet: &Facet| {
        let racks = difference.rolls.iter().filter(|roll| facet.rolls.contains(&roll.stateful_set));
        racks.map(|roll| roll.pods.len()).sum()
    };
    // Changes of the ring are reported by themselves, and again where pods restart for them.
    let is_told = |facet: &&Facet| !facet.is_of_the_ring() || pods(facet) > 0;
    let facets: Vec<&Facet> = difference.facets.iter().filter(is_told).collect();
    let files = LazyCell::new(|| arrange(before).files);
    let sides = LazyCell::new(|| Sides::new(before, after));
    let of_facet = |facet: &Facet| {
        let pods = pods(facet);
        let (field, place) = (facet.field.clone(), facet.place.clone());
        let effect = match facet.field.as_str() {
            _ if pods > 0 => Effect::Restarts,
            "storage.expandTo" => Effect::Claims,
            _ if arrange(&sides.with(facet)).files == *files => Effect::Nothing,
            _ => Effect::Objects,
        };
        Change { field, place, from: facet.from.clone(), to: facet.to.clone(), effect, pods }
    };
    let facets: Vec<Change> = facets.into_iter().map(of_facet).collect();
    let is_told = |change: &Change| facets.iter().any(|it| (&it.field, &it.place) == (&change.field, &change.place));
    let mut changes = nodes(before, after);
    changes.retain(|change| !is_told(change));
    changes.into_iter().chain(facets).chain(cassc_itself(difference)).collect()
}

/// That another version of cassc wrote what is deployed, or that its lock was edited: a lock has no version, and both look alike.
fn cassc_itself(difference: &Difference<'_>) -> Option<Change> {
    let racks = difference.rolls.iter().filter(|roll| roll.reasons.iter().any(|reason| reason == CASSC_ITSELF));
    let pods = racks.map(|roll| roll.pods.len()).sum();
    let effect = if pods > 0 { Effect::Restarts } else { Effect::Objects };
    let field = CASSC_ITSELF.to_owned();
    difference.rendered_otherwise.then_some(Change { field, place: None, from: None, to: None, effect, pods })
}

/// Datacenters and racks that come, go, grow and shrink.
fn nodes(before: &Cluster, after: &Cluster) -> Vec<Change> {
    let mut changes = Vec::new();
    for datacenter in &after.datacenters {
        let name = datacenter.name.clone();
        match before.datacenter(&name) {
            None => changes.push(whole(None, Some(datacenter))),
            Some(was) if was.nodes() != datacenter.nodes() => {
                changes.push(number(name.clone(), was.nodes(), datacenter.nodes()));
                changes.extend(racks_by_name(was, datacenter));
            }
            Some(was) => changes
                .extend(racks(was, datacenter).map(|(rack, from, to)| number(format!("{name}/{rack}"), from, to))),
        }
    }
    let removed = before.datacenters.iter().filter(|it| after.datacenter(&it.name).is_none());
    changes.extend(removed.map(|it| whole(Some(it), None)));
    changes
}

/// A number of nodes.
fn number(place: String, from: u32, to: u32) -> Change {
    let (from, to) = (Some(from.to_string()), Some(to.to_string()));
    Change { field: "nodes".to_owned(), place: Some(place), from, to, effect: Effect::Ring, pods: 0 }
}

/// The racks of a datacenter, where some are new or gone.
fn racks_by_name(was: &Datacenter, now: &Datacenter) -> Option<Change> {
    let names = |it: &Datacenter| it.racks.iter().map(|rack| rack.name.as_str()).collect::<Vec<_>>().join(", ");
    let (from, to) = (names(was), names(now));
    let place = Some(now.name.clone());
    let told = || Change { field: "racks".to_owned(), place, from: None, to: None, effect: Effect::Ring, pods: 0 };
    (from != to).then(|| Change { from: Some(from), to: Some(to), ..told() })
}

/// A datacenter that is added or removed.
fn whole(from: Option<&Datacenter>, to: Option<&Datacenter>) -> Change {
    let nodes = from.or(to).map_or(0, Datacenter::nodes);
    let size =
        |it: &Datacenter| format!("{} in {}", counted(it.nodes() as usize, "node"), counted(it.racks.len(), "rack"));
    let told = |it: &Datacenter| format!("{} ({})", it.name, size(it));
    let effect = if nodes > 0 { Effect::Ring } else { Effect::Objects };
    Change { field: "datacenters".to_owned(), place: None, from: from.map(told), to: to.map(told), effect, pods: 0 }
}

/// The racks whose number of nodes changes while that of the datacenter does not.
fn racks<'d>(was: &'d Datacenter, now: &'d Datacenter) -> impl Iterator<Item = (&'d str, u32, u32)> {
    let of = |datacenter: &Datacenter, name: &str| datacenter.rack(name).map_or(0, |rack| rack.nodes);
    let gone = was.racks.iter().filter(|rack| now.rack(&rack.name).is_none());
    let all =
        now.racks.iter().chain(gone).map(move |rack| (rack.name.as_str(), of(was, &rack.name), of(now, &rack.name)));
    all.filter(|(_, from, to)| from != to)
}
