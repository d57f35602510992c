//! The content of a plan as lines of words, names and sentences: a step, a change, its guards. The text and the Markdown of
//! a plan put these lines in their own form, so both have the same content.

mod amounts;
mod lists;
mod objects;
mod operations;

use cassc_wording::{counted_as, joined};

pub(super) use self::amounts::resources;
use self::lists::{every, some};
use self::objects::apply;
use self::operations::operation;
use crate::plan::{Action, By, Change, ClaimGrowth, Effect, Guard, Plan, RackRoll, Stage, Step};

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
    /// What becomes of the objects that follow.
    Sign(Sign),
}

/// What becomes of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Created,
    Changed,
    Removed,
}

impl Sign {
    /// The words before a list of such objects.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Created => "created: ",
            Self::Changed => "changed: ",
            Self::Removed => "removed: ",
        }
    }

    /// The character for it in a text for a terminal, as in a diff.
    pub(super) fn character(self) -> char {
        match self {
            Self::Created => '+',
            Self::Changed => '~',
            Self::Removed => '-',
        }
    }
}

/// A line.
pub(super) type Line = Vec<Piece>;

/// A step in words: what is done, and notes about it.
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
        Effect::Claims => "PVCs grow",
        Effect::Objects => "objects change, nothing restarts",
        Effect::Nothing => "no object changes",
    }
}

/// The name of a stage, as the JSON has it too; what the Job does is marked as such.
pub(super) fn stage(step: &Step) -> &'static str {
    match step.stage {
        _ if step.by == By::Job => "job",
        Stage::Before => "before",
        Stage::Base => "base",
        Stage::Prepare => "prepare",
        Stage::Cluster => "cluster",
        Stage::Steps => "steps",
        Stage::Settle => "settle",
        Stage::After => "after",
    }
}

/// Whether the Job of a program in the cluster is part of a plan.
pub(super) fn has_job(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| step.by == By::Job || step.stage == Stage::Steps)
}

/// A step in words; `has_job` is what [`has_job`] says of its plan.
pub(super) fn told(step: &Step, has_job: bool) -> Told {
    let mut told = match &step.action {
        Action::Apply { created, changed, removed, kept } => apply([created, changed, removed, kept], has_job),
        action => told_action(step.stage, action),
    };
    match step.by {
        By::Job => told.details.extend(guards_of_job(&step.guards)),
        By::You | By::Tool => told.details.extend(guards(&step.guards)),
    }
    told
}

fn told_action(stage: Stage, action: &Action) -> Told {
    match action {
        Action::Person { task } => Told { title: vec![prose(task)], details: Vec::new() },
        Action::Apply { created, changed, removed, kept } => apply([created, changed, removed, kept], false),
        Action::Decommission { datacenter, pods, nodes_left } => decommission(stage, datacenter, pods, *nodes_left),
        Action::Join { pods, founds, start_orders } => join(pods, *founds, *start_orders),
        Action::ReplicateSystemKeyspaces { replicas } => {
            let mut title = vec![words(format!("alter the system keyspaces{}: ", by_hand(stage)))];
            for (position, (datacenter, number)) in replicas.iter().enumerate() {
                let number = counted_as(*number as usize, "replica in ", "replicas in ");
                title.push(words(if position == 0 { number } else { format!(", {number}") }));
                title.push(name(datacenter));
            }
            Told { title, details: Vec::new() }
        }
        Action::Rebuild { datacenter, from, pods } => {
            let who = format!("rebuild {} of ", counted_as(pods.len(), "node", "nodes"));
            let title = vec![words(who), name(datacenter), words(" from "), name(from), words(one_at_a_time(pods))];
            Told { title, details: vec![some(pods)] }
        }
        Action::Roll { racks, canary_pods, stopped } => roll(racks, *canary_pods, *stopped),
        Action::Resume {} => Told {
            title: vec![words(
                "resume the rolling restart: restart the pods that still have an older template, rack by rack",
            )],
            details: Vec::new(),
        },
        Action::UpgradeTables { pods } => on_nodes("run `nodetool upgradesstables` on", pods, ""),
        Action::Cleanup { pods } => {
            on_nodes("run `nodetool cleanup` on", pods, " (some of their ranges moved to new nodes)")
        }
        Action::ExpandClaims { claims } => expand(claims),
        Action::DeleteClaims { claims } => {
            let one = "PVC of a decommissioned node, with its data";
            let many = "PVCs of decommissioned nodes, with their data";
            Told {
                title: vec![words(format!("delete {}", counted_as(claims.len(), one, many)))],
                details: vec![every(claims)],
            }
        }
        Action::Stop { pods } => {
            let nodes = counted_as(pods.len(), "node stops: it is", "nodes stop: they are");
            let title = format!("{nodes} drained, the replicas of every StatefulSet become 0, and all PVCs stay");
            Told { title: vec![words(title)], details: vec![some(pods)] }
        }
        Action::Start { pods } => {
            let title = counted_as(pods.len(), "node starts again on its PVC", "nodes start again on their PVCs");
            Told { title: vec![words(title)], details: vec![some(pods)] }
        }
        Action::CreateRoles { superuser_secret, roles } => create_roles(superuser_secret, roles),
        Action::Repair { keyspace } => Told {
            title: vec![words("repair "), name(keyspace), words(" on every node, one at a time")],
            details: Vec::new(),
        },
        Action::Operation { change, operation: what, pods } => operation(*change, what, pods),
    }
}

/// Steps by hand before the merge are marked: the delivery tool applies everything at once.
fn by_hand(stage: Stage) -> &'static str {
    if stage == Stage::Before { " before you merge" } else { "" }
}

fn one_at_a_time(pods: &[String]) -> &'static str {
    if pods.len() > 1 { ", one at a time" } else { "" }
}

fn on_nodes(command: &str, pods: &[String], why: &str) -> Told {
    let nodes = counted_as(pods.len(), "node", "nodes");
    Told { title: vec![prose(format!("{command} {nodes}{}{why}", one_at_a_time(pods)))], details: vec![some(pods)] }
}

fn decommission(stage: Stage, datacenter: &str, pods: &[String], nodes_left: u32) -> Told {
    let nodes = counted_as(pods.len(), "node", "nodes");
    let left = match nodes_left {
        0 => "no node remains".to_owned(),
        number => counted_as(number as usize, "node remains", "nodes remain"),
    };
    let title = vec![
        words(format!("decommission {nodes} of ")),
        name(datacenter),
        words(format!("{}{}; {left}", by_hand(stage), one_at_a_time(pods))),
    ];
    let already = "skip nodes that are decommissioned already: `nodetool status` lists none of them when you merge";
    let details = [every(pods)].into_iter().chain((stage == Stage::Before).then(|| vec![prose(already)]));
    Told { title, details: details.collect() }
}

fn join(pods: &[String], founds: bool, start_orders: usize) -> Told {
    let manner = match (pods.len(), start_orders) {
        (1, _) => "",
        (_, 1) => ", one at a time",
        (_, _) => ", one at a time in each Kubernetes cluster",
    };
    let title = match (founds, pods.len()) {
        (true, 1) => "1 node starts and founds the ring".to_owned(),
        (true, number) => format!("{number} nodes start{manner}; the first founds the ring"),
        (false, number) => counted_as(number, "node joins", "nodes join") + manner,
    };
    Told { title: vec![words(title)], details: vec![some(pods)] }
}

fn create_roles(superuser_secret: &str, roles: &[String]) -> Told {
    let mut title =
        vec![words("lock the role `cassandra`, and create the superuser of Secret "), name(superuser_secret)];
    if !roles.is_empty() {
        title.push(words(if roles.len() == 1 { " and the role " } else { " and the roles " }));
        title.extend(every(roles));
    }
    Told { title, details: Vec::new() }
}

fn roll(racks: &[RackRoll], canary_pods: Option<u32>, stopped: bool) -> Told {
    let pods = racks.iter().map(|rack| rack.pods.len()).sum();
    let manner = if racks.len() > 1 { ", one at a time and rack by rack" } else { ", one at a time" };
    let manner = if pods == 1 { "" } else { manner };
    let title = words(format!("restart {}{manner}", counted_as(pods, "pod", "pods")));
    let mut details: Vec<Line> = Vec::new();
    if stopped {
        details.push(vec![words("paused: nothing restarts while "), name("rollout.stopped"), words(" is set")]);
    }
    if let Some(number) = canary_pods {
        let after = counted_as(number as usize, "pod", "pods");
        details.push(vec![
            words(format!("canary: stop after {after} until ")),
            name("rollout.canary"),
            words(" is removed"),
        ]);
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
    let title = format!("expand {} in place; no StatefulSet changes", counted_as(claims.len(), "PVC", "PVCs"));
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

/// What the Job waits for, and what it refuses: only the ring knows whether that holds.
fn guards_of_job(guards: &[Guard]) -> Vec<Line> {
    let (refused, awaited): (Vec<Guard>, Vec<Guard>) = guards.iter().partition(|guard| guard.refuses());
    let line = |lead: &str, guards: Vec<Guard>| {
        let parts: Vec<String> = guards.iter().map(ToString::to_string).collect();
        (!parts.is_empty()).then(|| vec![words(format!("{lead}{}", joined(&parts)))])
    };
    let awaited = line("waits until ", awaited);
    awaited.into_iter().chain(line("checked in the cluster, otherwise refused: ", refused)).collect()
}

/// `only while every other node is up`; nothing for a step that waits for nothing.
fn guards(guards: &[Guard]) -> Option<Line> {
    let is_lasting = |guard: &&Guard| !matches!(guard, Guard::NodeHasLeft | Guard::VersionsAgree | Guard::ClassExpands);
    let word = if guards.iter().any(|guard| is_lasting(&guard)) { "only while " } else { "only when " };
    let parts: Vec<String> = guards.iter().map(ToString::to_string).collect();
    (!parts.is_empty()).then(|| vec![words(format!("{word}{}", joined(&parts)))])
}
