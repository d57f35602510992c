//! Plans for a terminal: refusals first, then each cluster that changes with its changes and its steps in order, then
//! the unchanged ones in one line. No colors, no control characters.

use cassc_wording::counted_as;

use super::escape::{shown, shown_lines};
use super::words::{Line, Piece, effect, name, stage, told, value, words};
use super::{BY_HAND, FleetPlan, Groups, NAMED_UNCHANGED, groups, is_done_by_hand, tally, verdict_word};
use crate::plan::{Change, Plan, Refusal, Step, Verdict};
use crate::transition::Accepted;

/// The text of a fleet's plan.
pub fn text(fleet: &FleetPlan) -> String {
    let groups = groups(fleet);
    if groups.refused.is_empty() && groups.told.is_empty() {
        return nothing(fleet);
    }
    let mut blocks: Vec<String> = Vec::new();
    if fleet.plans.len() > 1 {
        blocks.push(format!("{}{}\n", tally(fleet), against(fleet).map_or(String::new(), |it| format!(" ({it})"))));
    }
    let against = if fleet.plans.len() == 1 { against(fleet) } else { None };
    blocks.extend(groups.refused.iter().chain(&groups.told).map(|plan| cluster(plan, against.as_deref())));
    blocks.extend(unchanged(&groups));
    if groups.told.iter().any(|plan| is_done_by_hand(plan)) {
        blocks.push(format!("{BY_HAND}\n"));
    }
    blocks.join("\n")
}

fn against(fleet: &FleetPlan) -> Option<String> {
    fleet.against.as_ref().map(|against| format!("against {}", shown(against)))
}

/// The one sentence when there is nothing to do.
fn nothing(fleet: &FleetPlan) -> String {
    let against = against(fleet).map_or(String::new(), |against| format!(", {against}"));
    match fleet.plans.as_slice() {
        [] => format!("There is no cluster to plan{against}.\n"),
        [plan] => format!("{}: nothing changes{against}.\n", shown(&plan.cluster)),
        plans => format!("Nothing changes in {} clusters{against}.\n", plans.len()),
    }
}

fn unchanged(groups: &Groups<'_>) -> Option<String> {
    match groups.unchanged.as_slice() {
        [] => None,
        few if few.len() <= NAMED_UNCHANGED => {
            let lines: Vec<String> = few.iter().map(|plan| shown(&plan.cluster) + ": nothing changes\n").collect();
            Some(lines.concat())
        }
        many => {
            Some(format!("{}\n", counted_as(many.len(), "other cluster is unchanged", "other clusters are unchanged")))
        }
    }
}

fn cluster(plan: &Plan, against: Option<&str>) -> String {
    let word = verdict_word(plan.verdict).map_or(String::new(), |word| format!(" ({word})"));
    let mut lines = vec![format!("{}{word}: {}", shown(&plan.cluster), shown(&plan.summary))];
    lines.extend(against.map(|against| format!("  {against}")));
    lines.extend(plan.refusals.iter().flat_map(refusal));
    lines.extend(plan.accepted.iter().flat_map(accepted));
    if plan.verdict != Verdict::Refused {
        lines.extend((!plan.changes.is_empty()).then(|| "  what changes".to_owned()));
        lines.extend(plan.changes.iter().map(change));
        lines.extend((!plan.steps.is_empty()).then(|| "  what happens, in this order".to_owned()));
        lines.extend((1..).zip(&plan.steps).flat_map(|(number, it)| step(number, plan.steps.len(), it)));
    }
    lines.join("\n") + "\n"
}

fn refusal(refusal: &Refusal) -> Vec<String> {
    let Refusal { code, message, place, help } = refusal;
    let mut lines = continued(&format!("  refused: {} at {}: ", shown(code), shown(place)), "    ", message);
    lines.extend(help.iter().flat_map(|help| continued("    help: ", "      ", help)));
    lines
}

fn accepted(accepted: &Accepted) -> Vec<String> {
    let mut lines = continued(&format!("  accepted: {}: ", shown(&accepted.code)), "    ", &accepted.message);
    lines.extend(continued("    because: ", "      ", &accepted.reason));
    lines
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

fn step(number: usize, last: usize, step: &Step) -> Vec<String> {
    let digits = last.to_string().len();
    let told = told(step);
    let indent = " ".repeat(4 + digits + 2 + STAGE_WIDTH + 1);
    let stage = stage(step.stage);
    let title = format!("    {number:>digits$}. {stage:<STAGE_WIDTH$} {}", plain(&told.title, &indent));
    let details = told.details.iter().map(|detail| format!("{indent}{}", plain(detail, &indent)));
    [title].into_iter().chain(details).collect()
}

/// The longest word of a stage.
const STAGE_WIDTH: usize = 7;

fn plain(line: &Line, indent: &str) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Words(text) => text.clone(),
        Piece::Name(text) => shown(text),
        Piece::Prose(text) => shown_lines(text).join(&format!("\n{indent}")),
    };
    line.iter().map(piece).collect()
}
