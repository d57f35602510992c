//! Plans for a pull request, as a comment that the next run replaces: a table of the clusters, refusals in plain sight,
//! a fold per cluster. The same plan gives the same bytes, and the text always fits into a comment.

use cassc_wording::counted_as;

use super::escape::{code, html, html_code, prose};
use super::words::{Piece, effect, has_job, resources, stage, told, value};
use super::{FleetPlan, Groups, NAMED_UNCHANGED, OVERRIDDEN, groups, tally, who_does_the_rest};
use crate::plan::{Change, Plan, Refusal, Step, Verdict};
use crate::transition::Accepted;

/// The first line, by which CI finds the comment that it replaces.
pub const MARKER: &str = "<!-- cassc plan -->";

/// How long the text may be, in UTF-16 units. GitHub refuses comments above 65,536 characters.
pub const LIMIT: usize = 60_000;

/// What is kept back for the sentences that say what was left out.
const RESERVE: usize = 1_000;

/// The comment of a fleet's plan.
pub fn markdown(fleet: &FleetPlan) -> String {
    let groups = groups(fleet);
    let is_quiet = groups.refused.is_empty() && groups.told.is_empty();
    let tally = tally(fleet);
    let mut page = Page::new(if tally.is_empty() { "no cluster" } else { &tally });
    if let Some(against) = &fleet.against {
        page.note(&format!("Judged against {}.\n", code(&cut(against))));
    }
    if is_quiet {
        page.note("Nothing changes.\n");
        return page.text;
    }
    let with_accepted: Vec<&Plan> = fleet.plans.iter().filter(|plan| !plan.accepted.is_empty()).collect();
    let folded: Vec<&Plan> = groups.told.iter().filter(|plan| has_fold(plan)).copied().collect();
    page.section("", &groups.refused, refused, ("refused cluster is", "refused clusters are"));
    page.section(
        "",
        &with_accepted,
        accepted,
        ("cluster with accepted refusals is", "clusters with accepted refusals are"),
    );
    // What a single cluster comes to stands in its fold, or in its refusals.
    let is_listed = |plan: &&&Plan| fleet.plans.len() > 1 || !(has_fold(plan) || is_refused(plan));
    let listed: Vec<&Plan> = groups.refused.iter().chain(&groups.told).filter(is_listed).copied().collect();
    page.section(
        "| cluster | verdict | what it comes to |\n|---|---|---|\n",
        &listed,
        row,
        ("row of this table is", "rows of this table are"),
    );
    page.note(&unchanged(&groups));
    page.section("", &folded, fold, ("cluster's changes and steps are", "clusters' changes and steps are"));
    for told in who_does_the_rest(&groups.told) {
        page.note(&format!("{told}\n"));
    }
    page.text
}

/// A text with a maximum length.
struct Page {
    text: String,
    left: usize,
}

impl Page {
    fn new(title: &str) -> Self {
        let text = format!("{MARKER}\n### cassc plan: {title}\n");
        Self { left: LIMIT - RESERVE - length(&text), text }
    }

    /// A sentence that is short and always there.
    fn note(&mut self, text: &str) {
        if !text.is_empty() {
            self.left = self.left.saturating_sub(length(text) + 1);
            self.text.push('\n');
            self.text.push_str(text);
        }
    }

    /// As many plans as fit, whole, and how many were left out.
    fn section(&mut self, head: &str, plans: &[&Plan], block: fn(&Plan) -> String, nouns: (&str, &str)) {
        let mut room = self.left.saturating_sub(length(head) + 1);
        let mut body = String::new();
        let mut taken = 0;
        for block in plans.iter().map(|plan| block(plan)) {
            let Some(rest) = room.checked_sub(length(&block)) else { break };
            (room, taken) = (rest, taken + 1);
            body.push_str(&block);
        }
        if taken > 0 {
            self.note(&format!("{head}{}\n", body.trim_end()));
        }
        if taken < plans.len() {
            let missing = counted_as(plans.len() - taken, nouns.0, nouns.1);
            self.note(&format!("**{missing} left out here: a comment is not long enough. `cassc plan` shows all.**\n"));
        }
    }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text that stands outside of the sections is never long enough to matter.
fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}

fn is_refused(plan: &Plan) -> bool {
    plan.verdict == Verdict::Refused
}

fn has_fold(plan: &Plan) -> bool {
    !(plan.changes.is_empty() && plan.steps.is_empty())
}

fn unchanged(groups: &Groups<'_>) -> String {
    match groups.unchanged.as_slice() {
        [] => String::new(),
        few if few.len() <= NAMED_UNCHANGED => {
            let names: Vec<String> = few.iter().map(|plan| code(&cut(&plan.cluster))).collect();
            format!("Unchanged: {}.\n", names.join(", "))
        }
        many => format!("{}.\n", counted_as(many.len(), "other cluster is unchanged", "other clusters are unchanged")),
    }
}

fn refused(plan: &Plan) -> String {
    let lines: String = plan.refusals.iter().map(refusal).collect();
    format!("**Refused:** {}\n\n{lines}\n", code(&plan.cluster))
}

fn refusal(refusal: &Refusal) -> String {
    let Refusal { code: rule, message, place, help } = refusal;
    let help = help.as_ref().map_or(String::new(), |help| format!("<br>**help:** {}", prose(help)));
    format!("- {} at {}: {}{help}\n", code(rule), code(place), prose(message))
}

fn accepted(plan: &Plan) -> String {
    let line = |Accepted { code: rule, message, reason }: &Accepted| {
        format!("- {}: {}<br>**because:** {}\n", code(rule), prose(message), prose(reason))
    };
    format!("**Accepted:** {}\n\n{}\n", code(&plan.cluster), plan.accepted.iter().map(line).collect::<String>())
}

fn row(plan: &Plan) -> String {
    let verdict = match plan.verdict {
        Verdict::New => "new",
        Verdict::Unchanged => "unchanged",
        Verdict::Changed => "changed",
        Verdict::Deleted => "**deleted**",
        Verdict::Refused => "**refused**",
    };
    format!("| {} | {verdict} | {} |\n", code(&plan.cluster), prose(&plan.summary))
}

/// The blank lines let Markdown be read again inside of the HTML.
fn fold(plan: &Plan) -> String {
    let mut text = format!("<details><summary>{}: {}</summary>\n\n", html_code(&plan.cluster), html(&plan.summary));
    if !plan.overrides.is_empty() {
        let names: Vec<String> = plan.overrides.iter().map(|of| code(&cut(of))).collect();
        text.extend(["**Overridden:** ", &names.join(", "), " (", OVERRIDDEN, ")\n\n"]);
    }
    if let Some(asked) = &plan.resources {
        text.extend(["**Asks of Kubernetes:** ", &resources(asked), "\n\n"]);
    }
    if !plan.changes.is_empty() {
        text.push_str("| what changes | where | from | to | what it does |\n|---|---|---|---|---|\n");
        text.extend(plan.changes.iter().map(change));
        text.push('\n');
    }
    if !plan.steps.is_empty() {
        text.push_str("What happens, in this order:\n\n");
        let has_job = has_job(plan);
        text.extend((1..).zip(&plan.steps).map(|(number, it)| step(number, it, has_job)));
        text.push('\n');
    }
    text + "</details>\n\n"
}

fn change(change: &Change) -> String {
    let cell = |text: &Option<String>| text.as_ref().map_or("–".to_owned(), |text| marked(&[value(text)]));
    let place = change.place.as_ref().map_or("everywhere".to_owned(), |place| code(place));
    let (from, to) = (cell(&change.from), cell(&change.to));
    format!("| {} | {place} | {from} | {to} | {} |\n", code(&change.field), effect(change))
}

fn step(number: usize, step: &Step, has_job: bool) -> String {
    let told = told(step, has_job);
    let marker = format!("{number}. ");
    let indent = " ".repeat(marker.len());
    let details = told.details.iter().map(|detail| format!("{indent}- {}\n", marked(detail)));
    format!("{marker}**{}:** {}\n{}", stage(step), marked(&told.title), details.collect::<String>())
}

fn marked(line: &[Piece]) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Words(text) => text.clone(),
        Piece::Name(text) => code(text),
        Piece::Prose(text) => prose(text),
        Piece::Sign(sign) => sign.words().to_owned(),
    };
    line.iter().map(piece).collect()
}
