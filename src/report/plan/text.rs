//! Plans for a terminal: refusals first, then each cluster that changes with its changes and its steps in order, then
//! the unchanged ones in one line. No control characters, but for colors where they are asked for.

use anstyle::{AnsiColor, Style};
use cassc_wording::counted_as;

use super::escape::{shown, shown_lines};
use super::words::{Line, Piece, Sign, effect, has_job, name, resources, stage, told, value, words};
use super::{FleetPlan, Groups, NAMED_UNCHANGED, OVERRIDDEN, groups, tally, verdict_word, who_does_the_rest};
use crate::plan::{Action, Change, Plan, Refusal, Step, Verdict};
use crate::report::Colors;
use crate::transition::Accepted;

/// What a line is about, for its color.
#[derive(Clone, Copy)]
enum Tone {
    /// Something is refused, leaves or is deleted.
    Loss,
    /// Pods restart, or something changes.
    Change,
    /// Something is new.
    Gain,
    /// The name of a cluster.
    Heading,
    /// Everything else.
    Plain,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Loss => AnsiColor::Red.on_default(),
            Self::Change => AnsiColor::Yellow.on_default(),
            Self::Gain => AnsiColor::Green.on_default(),
            Self::Heading => Style::new().bold(),
            Self::Plain => Style::new(),
        }
    }

    fn of_step(action: &Action) -> Self {
        match action {
            Action::Decommission { .. } | Action::DeleteClaims { .. } | Action::Stop { .. } => Self::Loss,
            Action::Roll { .. } | Action::Resume {} | Action::Operation { .. } => Self::Change,
            Action::Join { .. } | Action::Start { .. } => Self::Gain,
            _ => Self::Plain,
        }
    }

    fn of_detail(detail: &Line) -> Self {
        match detail.first() {
            Some(Piece::Sign(Sign::Created)) => Self::Gain,
            Some(Piece::Sign(Sign::Changed)) => Self::Change,
            Some(Piece::Sign(Sign::Removed)) => Self::Loss,
            _ => Self::Plain,
        }
    }
}

/// The text of a fleet's plan.
pub fn text(fleet: &FleetPlan, colors: Colors) -> String {
    let lines = toned(fleet);
    let painted = |(tone, line): (Tone, String)| match (colors, tone) {
        (Colors::Plain, _) | (_, Tone::Plain) => line,
        (Colors::Ansi, tone) => format!("{0}{line}{0:#}", tone.style()),
    };
    lines.into_iter().map(|line| painted(line) + "\n").collect()
}

fn toned(fleet: &FleetPlan) -> Vec<(Tone, String)> {
    let groups = groups(fleet);
    if groups.refused.is_empty() && groups.told.is_empty() {
        return vec![(Tone::Plain, nothing(fleet))];
    }
    let mut blocks: Vec<Vec<(Tone, String)>> = Vec::new();
    if fleet.plans.len() > 1 {
        let against = against(fleet).map_or(String::new(), |it| format!(" ({it})"));
        blocks.push(vec![(Tone::Heading, tally(fleet) + &against)]);
    }
    let against = if fleet.plans.len() == 1 { against(fleet) } else { None };
    blocks.extend(groups.refused.iter().chain(&groups.told).map(|plan| cluster(plan, against.as_deref())));
    blocks.extend(unchanged(&groups).map(|lines| lines.into_iter().map(|line| (Tone::Plain, line)).collect()));
    let told = who_does_the_rest(&groups.told);
    if !told.is_empty() {
        blocks.push(told.into_iter().map(|told| (Tone::Plain, told.to_owned())).collect());
    }
    blocks.join(&(Tone::Plain, String::new()))
}

fn against(fleet: &FleetPlan) -> Option<String> {
    fleet.against.as_ref().map(|against| format!("against {}", shown(against)))
}

/// The one sentence when there is nothing to do.
fn nothing(fleet: &FleetPlan) -> String {
    let against = against(fleet).map_or(String::new(), |against| format!(", {against}"));
    match fleet.plans.as_slice() {
        [] => format!("There is no cluster to plan{against}."),
        [plan] => format!("{}: nothing changes{against}.", shown(&plan.cluster)),
        plans => format!("Nothing changes in {} clusters{against}.", plans.len()),
    }
}

fn unchanged(groups: &Groups<'_>) -> Option<Vec<String>> {
    match groups.unchanged.as_slice() {
        [] => None,
        few if few.len() <= NAMED_UNCHANGED => {
            Some(few.iter().map(|plan| shown(&plan.cluster) + ": nothing changes").collect())
        }
        many => Some(vec![counted_as(many.len(), "other cluster is unchanged", "other clusters are unchanged")]),
    }
}

fn cluster(plan: &Plan, against: Option<&str>) -> Vec<(Tone, String)> {
    let word = verdict_word(plan.verdict).map_or(String::new(), |word| format!(" ({word})"));
    let of = |tone: Tone| move |line: String| (tone, line);
    let mut lines = vec![(Tone::Heading, format!("{}{word}: {}", shown(&plan.cluster), shown(&plan.summary)))];
    lines.extend(against.map(|against| (Tone::Plain, format!("  {against}"))));
    lines.extend(plan.refusals.iter().flat_map(refusal).map(of(Tone::Loss)));
    lines.extend(plan.accepted.iter().flat_map(accepted).map(of(Tone::Change)));
    lines.extend(overrides(plan).map(of(Tone::Change)));
    if plan.verdict != Verdict::Refused {
        let asked = plan.resources.as_ref().map(resources);
        lines.extend(asked.map(|asked| (Tone::Plain, format!("  asks of Kubernetes: {asked}"))));
        lines.extend((!plan.changes.is_empty()).then(|| (Tone::Plain, "  changes".to_owned())));
        lines.extend(plan.changes.iter().map(change).map(of(Tone::Plain)));
        lines.extend((!plan.steps.is_empty()).then(|| (Tone::Plain, "  steps, in this order".to_owned())));
        let has_job = has_job(plan);
        lines.extend((1..).zip(&plan.steps).flat_map(|(number, it)| step(number, plan.steps.len(), it, has_job)));
    }
    lines
}

fn refusal(refusal: &Refusal) -> Vec<String> {
    let Refusal { code, message, place, help } = refusal;
    let mut lines = continued(&format!("  refused: {} at {}: ", shown(code), shown(place)), "    ", message);
    lines.extend(help.iter().flat_map(|help| continued("    help: ", "      ", help)));
    lines
}

fn accepted(accepted: &Accepted) -> Vec<String> {
    let mut lines = continued(&format!("  accepted: {}: ", shown(&accepted.code)), "    ", &accepted.message);
    lines.extend(continued("    reason: ", "      ", &accepted.reason));
    lines
}

/// What is not cassc's alone.
fn overrides(plan: &Plan) -> Option<String> {
    let names: Vec<String> = plan.overrides.iter().map(|of| shown(of)).collect();
    (!names.is_empty()).then(|| format!("  overridden: {} ({OVERRIDDEN})", names.join(", ")))
}

/// A sentence behind its lead; further lines of it are indented.
fn continued(lead: &str, indent: &str, sentence: &str) -> Vec<String> {
    let of_line = |(position, line): (usize, String)| format!("{}{line}", if position == 0 { lead } else { indent });
    shown_lines(sentence).into_iter().enumerate().map(of_line).collect()
}

fn change(change: &Change) -> String {
    let mut line = vec![words("    "), name(&change.field)];
    if let Some(place) = &change.place {
        line.extend([words(" of "), name(place)]);
    }
    match (&change.from, &change.to) {
        (Some(from), Some(to)) => line.extend([words(": "), value(from), words(" → "), value(to)]),
        (None, Some(to)) => line.extend([words(": now "), value(to)]),
        (Some(from), None) => line.extend([words(": no longer "), value(from)]),
        (None, None) => {}
    }
    line.push(words(format!("; {}", effect(change))));
    plain(&line, "")
}

fn step(number: usize, last: usize, step: &Step, has_job: bool) -> Vec<(Tone, String)> {
    let digits = last.to_string().len();
    let told = told(step, has_job);
    let indent = " ".repeat(4 + digits + 2 + STAGE_WIDTH + 1);
    let stage = stage(step);
    let title = format!("    {number:>digits$}. {stage:<STAGE_WIDTH$} {}", plain(&told.title, &indent));
    let detail = |detail: &Line| (Tone::of_detail(detail), format!("{indent}{}", plain(detail, &indent)));
    [(Tone::of_step(&step.action), title)].into_iter().chain(told.details.iter().map(detail)).collect()
}

/// The longest word of a stage.
const STAGE_WIDTH: usize = 7;

fn plain(line: &Line, indent: &str) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Words(text) => text.clone(),
        Piece::Name(text) => shown(text),
        Piece::Prose(text) => shown_lines(text).join(&format!("\n{indent}")),
        Piece::Sign(sign) => format!("{} ", sign.character()),
    };
    line.iter().map(piece).collect()
}
