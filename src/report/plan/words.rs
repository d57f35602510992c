//! What a plan says, as lines of words, names and sentences: a step, a change, its guards. The text and the Markdown of
//! a plan put these lines in their own form, so both say the same.

use cassc_wording::counted_as;

use super::tallied;
use crate::plan::{Action, Change, ClaimGrowth, Effect, Guard, ObjectName, RackRoll, Stage, Step};

/// Up to how many names a list that nobody has to check one by one is written out: those that follow each other by
/// number, and others.
const NAMED: (usize, usize) = (4, 12);
/// A list of which each name matters.
const EVERY: (usize, usize) = (usize::MAX, usize::MAX);
/// How many characters of a value are shown; the JSON has all of it.
const VALUE_LENGTH: usize = 100;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Our own words.
    Words(String),
    /// A name or a value, of one line.
    Name(String),
    /// A sentence that is not ours, with names in backticks.
    Prose(String),
}

/// A line.
pub(super) type Line = Vec<Piece>;

/// A step in words: what is done, and what there is to know about it.
#[derive(Debug)]
pub(super) struct Told {
    /// What is done.
    pub(super) title: Line,
    /// Which pods, claims or objects, and what must hold.
    pub(super) details: Vec<Line>,
}

pub(super) fn words(text: impl Into<String>) -> Piece {
    Piece::Words(text.into())
}

pub(super) fn name(text: impl Into<String>) -> Piece {
    Piece::Name(text.into())
}

pub(super) fn prose(text: impl Into<String>) -> Piece {
    Piece::Prose(text.into())
}

/// A value that may be long.
pub(super) fn value(text: &str) -> Piece {
    match text.char_indices().nth(VALUE_LENGTH) {
        Some((end, _)) => name(format!("{}…", &text[..end])),
        None => name(text),
    }
}

/// What a change does: `6 pods restart`.
pub(super) fn effect(change: &Change) -> String {
    let pods = counted_as(change.pods, "pod restarts", "pods restart");
    match (change.effect, change.pods) {
        (Effect::Restarts, 0) => "pods restart".to_owned(),
        (Effect::Restarts, _) => pods,
        (effect, 0) => effect_words(effect).to_owned(),
        (effect, _) => format!("{}, {pods}", effect_words(effect)),
    }
}

fn effect_words(effect: Effect) -> &'static str {
    match effect {
        Effect::Restarts => "pods restart",
        Effect::Ring => "nodes join or leave",
        Effect::Claims => "claims grow",
        Effect::Objects => "objects change, nothing restarts",
        Effect::Nothing => "no object changes",
    }
}

/// The name of a stage, as the JSON has it too.
pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Before => "before",
        Stage::Base => "base",
        Stage::Prepare => "prepare",
        Stage::Cluster => "cluster",
        Stage::Settle => "settle",
        Stage::After => "after",
    }
}

/// A step in words.
pub(super) fn told(step: &Step) -> Told {
    let mut told = told_action(&step.action);
    told.details.extend(guards(&step.guards));
    told
}

fn told_action(action: &Action) -> Told {
    match action {
        Action::Person { task } => Told { title: vec![prose(task)], details: Vec::new() },
        Action::Apply { created, changed, removed, kept } => apply(created, changed, removed, kept),
        Action::Decommission { datacenter, pods, nodes_left } => {
            let leaving = counted_as(pods.len(), "node leaves the ring; ", "nodes leave the ring, one at a time; ");
            let left = counted_as(*nodes_left as usize, "node", "nodes");
            let left = if *nodes_left == 0 { "no node".to_owned() } else { left };
            Told {
                title: vec![words(leaving), name(datacenter), words(format!(" then has {left}"))],
                details: vec![every(pods)],
            }
        }
        Action::Join { pods, founds } => join(pods, *founds),
        Action::ReplicateSystemKeyspaces { replicas } => {
            let mut title = vec![words("the system keyspaces get ")];
            for (position, (datacenter, number)) in replicas.iter().enumerate() {
                let number = counted_as(*number as usize, "replica in ", "replicas in ");
                title.push(words(if position == 0 { number } else { format!(", {number}") }));
                title.push(name(datacenter));
            }
            Told { title, details: Vec::new() }
        }
        Action::Rebuild { datacenter, from, pods } => {
            let who = counted_as(pods.len(), "node of ", "nodes of ");
            let copies =
                if pods.len() == 1 { " copies its data from " } else { " copy their data, one at a time, from " };
            Told { title: vec![words(who), name(datacenter), words(copies), name(from)], details: vec![some(pods)] }
        }
        Action::Roll { racks, canary_pods, stopped } => roll(racks, *canary_pods, *stopped),
        Action::Resume {} => Told {
            title: vec![words("the roll goes on: pods that still run an older template restart, rack by rack")],
            details: Vec::new(),
        },
        Action::UpgradeTables { pods } => {
            let one = "node rewrites its tables in the format of the new version";
            node_by_node(pods, one, "nodes rewrite their tables in the format of the new version, one at a time")
        }
        Action::Cleanup { pods } => {
            let one = "node drops the data that now belongs to others";
            node_by_node(pods, one, "nodes drop the data that now belongs to others, one at a time")
        }
        Action::ExpandClaims { claims } => expand(claims),
        Action::DeleteClaims { claims } => {
            let one = "claim of a node that left is deleted, and its data with it";
            let many = "claims of nodes that left are deleted, and their data with them";
            Told { title: vec![words(counted_as(claims.len(), one, many))], details: vec![every(claims)] }
        }
    }
}

fn node_by_node(pods: &[String], singular: &str, plural: &str) -> Told {
    Told { title: vec![words(counted_as(pods.len(), singular, plural))], details: vec![some(pods)] }
}

fn join(pods: &[String], founds: bool) -> Told {
    let title = match (founds, pods.len()) {
        (true, 1) => "1 node starts and founds the ring".to_owned(),
        (true, number) => format!("{number} nodes start, one at a time; the first founds the ring"),
        (false, number) => counted_as(number, "node joins", "nodes join, one at a time"),
    };
    Told { title: vec![words(title)], details: vec![some(pods)] }
}

fn roll(racks: &[RackRoll], canary_pods: Option<u32>, stopped: bool) -> Told {
    let pods = racks.iter().map(|rack| rack.pods.len()).sum();
    let manner = if racks.len() > 1 { ", one at a time and rack by rack" } else { ", one at a time" };
    let manner = if pods == 1 { "" } else { manner };
    let title = words(counted_as(pods, "pod restarts", "pods restart") + manner);
    let mut details: Vec<Line> = Vec::new();
    if stopped {
        details.push(vec![words("nothing restarts until "), name("rollout.stopped"), words(" is removed")]);
    }
    if let Some(number) = canary_pods {
        let after = counted_as(number as usize, "pod", "pods");
        details.push(vec![words(format!("waits after {after} until ")), name("rollout.canary"), words(" is removed")]);
    }
    details.extend(racks.iter().map(|rack| {
        let mut line = vec![name(format!("{}/{}", rack.datacenter, rack.rack)), words(": ")];
        line.extend(some(&rack.pods));
        for (position, reason) in rack.reasons.iter().enumerate() {
            line.extend([words(if position == 0 { ", because of " } else { ", " }), name(reason)]);
        }
        line
    }));
    Told { title: vec![title], details }
}

fn expand(claims: &[ClaimGrowth]) -> Told {
    let title = counted_as(claims.len(), "claim grows in place", "claims grow in place") + "; no StatefulSet changes";
    let mut sizes: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for ClaimGrowth { claim, from, to } in claims {
        match sizes.iter_mut().find(|(known_from, known_to, _)| known_from == from && known_to == to) {
            Some((_, _, names)) => names.push(claim.clone()),
            None => sizes.push((from, to, vec![claim.clone()])),
        }
    }
    let detail = |(from, to, names): (&str, &str, Vec<String>)| {
        let sizes = [words(": "), name(from), words(" → "), name(to)];
        some(&names).into_iter().chain(sizes).collect()
    };
    Told { title: vec![words(title)], details: sizes.into_iter().map(detail).collect() }
}

fn apply(created: &[ObjectName], changed: &[ObjectName], removed: &[ObjectName], kept: &[ObjectName]) -> Told {
    let all: Vec<&ObjectName> = [created, changed, removed, kept].into_iter().flatten().collect();
    let lists = [
        (created, "is created", "are created", "created: ", NAMED),
        (changed, "changes", "change", "changed: ", NAMED),
        (removed, "is removed", "are removed", "removed by the delivery tool: ", EVERY),
        (kept, "is kept", "are kept", "no longer rendered, and there until somebody deletes them: ", EVERY),
    ];
    let title = tallied(("object", "objects"), &lists.map(|(objects, one, many, ..)| (objects.len(), one, many)));
    let filled = lists.into_iter().filter(|(objects, ..)| !objects.is_empty());
    let details = filled.map(|(objects, _, _, lead, most)| {
        let mut line = vec![words(lead)];
        line.extend(by_kind(objects, &all, most));
        line
    });
    Told {
        title: vec![words(if all.is_empty() { "nothing is applied".to_owned() } else { title })],
        details: details.collect(),
    }
}

/// Objects, kind by kind. Where all objects of the step lie in one namespace of one Kubernetes cluster, neither is
/// named.
fn by_kind(objects: &[ObjectName], all: &[&ObjectName], most: (usize, usize)) -> Line {
    let is_one_namespace = all.iter().all(|object| object.namespace == all[0].namespace);
    let is_one_cluster = all.iter().all(|object| object.kube_cluster == all[0].kube_cluster);
    let path = |object: &ObjectName| {
        let namespace = object.namespace.iter().filter(|_| !is_one_namespace).map(|it| format!("{it}/"));
        let cluster = object.kube_cluster.iter().filter(|_| !is_one_cluster).map(|it| format!("{it}: "));
        cluster.chain(namespace).collect::<String>() + &object.name
    };
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for object in objects {
        match kinds.iter_mut().find(|(kind, _)| *kind == object.kind) {
            Some((_, names)) => names.push(path(object)),
            None => kinds.push((&object.kind, vec![path(object)])),
        }
    }
    let mut line = Line::new();
    for (position, (kind, names)) in kinds.iter().enumerate() {
        line.push(words(if position == 0 { "" } else { "; " }));
        line.extend([prose(*kind), words(" ")]);
        line.extend(listed(names, most));
    }
    line
}

/// Names of which each matters.
fn every(names: &[String]) -> Line {
    listed(names, EVERY)
}

/// Names that follow from the first, the last and how many there are, when there are many.
fn some(names: &[String]) -> Line {
    listed(names, NAMED)
}

/// The names, or the first and the last of too many.
fn listed(names: &[String], most: (usize, usize)) -> Line {
    let most = if follow_each_other(names) { most.0 } else { most.1 };
    match names {
        [first, .., last] if names.len() > most => {
            vec![name(first), words(" … "), name(last), words(format!(" ({})", names.len()))]
        }
        _ => {
            let commas = (0..names.len()).map(|position| words(if position == 0 { "" } else { ", " }));
            commas.zip(names).flat_map(|(comma, text)| [comma, name(text)]).collect()
        }
    }
}

/// Whether the names are `a-0`, `a-1`, …, upwards or downwards.
fn follow_each_other(names: &[String]) -> bool {
    let parts = names.iter().map(|name| {
        let (prefix, ordinal) = name.rsplit_once('-')?;
        Some((prefix, ordinal.parse::<i64>().ok()?))
    });
    let Some(parts) = parts.collect::<Option<Vec<_>>>() else { return false };
    let is_next = |step: i64| {
        parts.windows(2).all(|pair| pair[0].0 == pair[1].0 && pair[1].1.checked_sub(pair[0].1) == Some(step))
    };
    is_next(1) || is_next(-1)
}

/// `only while no node is down, joining or leaving`; nothing for a step that waits for nothing.
fn guards(guards: &[Guard]) -> Option<Line> {
    let is_lasting = |guard: &&Guard| !matches!(guard, Guard::NodeHasLeft | Guard::VersionsAgree | Guard::ClassExpands);
    let word = if guards.iter().any(|guard| is_lasting(&guard)) { "only while " } else { "only when " };
    let parts: Vec<String> = guards.iter().map(ToString::to_string).collect();
    (!parts.is_empty()).then(|| vec![words(format!("{word}{}", parts.join(", and ")))])
}
