//! The report for a terminal.

use cassc_wording::counted;

use super::{Carried, Changed, ImportedTopology, NotCarried, PassedOver, Place, Refusal, Report, ToDecide};

/// What is refused and what is to decide first, what is carried last.
pub fn text(report: &Report) -> String {
    let refused = report.refused.iter().map(refusal);
    let imported = report.imported.iter().map(of_topology);
    let passed = passed_over(&report.passed_over);
    let parts: Vec<String> = refused.chain(imported).chain(passed).collect();
    parts.join("\n")
}

fn refusal(refusal: &Refusal) -> String {
    let Refusal { at, message, help } = refusal;
    let resource = if at.resource.is_empty() { String::new() } else { format!("{}: ", at.resource) };
    let field = if at.field.is_empty() { String::new() } else { format!("`{}`: ", at.field) };
    format!("refused: {at}: {resource}{field}{message}\n  help: {help}\n")
}

fn of_topology(imported: &ImportedTopology) -> String {
    let lists = &imported.lists;
    let heading = format!("{} from {}\n", imported.file, imported.resources.join(", "));
    let several = imported.resources.len() > 1;
    let of = |place: &Place| if several { format!("{place} {}", place.resource) } else { place.to_string() };
    let to_decide = |it: &ToDecide| vec![it.to.clone(), format!("    {}", it.what)];
    let not_carried = |it: &NotCarried| {
        let NotCarried { from, did, instead } = it;
        vec![format!("{}  ({})", from.field, of(from)), format!("    did: {did}"), format!("    do:  {instead}")]
    };
    let changed = |it: &Changed| vec![arrow(it.from.as_ref(), it.to.as_deref(), of), format!("    {}", it.why)];
    let carried = |it: &Carried| vec![arrow(Some(&it.from), Some(&it.to), of)];
    [
        heading,
        list("to decide", lists.to_decide.iter().map(to_decide).collect()),
        list("not carried", lists.not_carried.iter().map(not_carried).collect()),
        list("changed", lists.changed.iter().map(changed).collect()),
        list("carried", lists.carried.iter().map(carried).collect()),
    ]
    .concat()
}

/// `spec.size → spec.datacenters[0].nodes  (dc.yaml:12)`.
fn arrow(from: Option<&Place>, to: Option<&str>, of: impl Fn(&Place) -> String) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{} → {to}  ({})", from.field, of(from)),
        (Some(from), None) => format!("{}  ({})", from.field, of(from)),
        (None, to) => to.unwrap_or_default().to_owned(),
    }
}

/// A list with its number; an empty one is not printed.
fn list(name: &str, entries: Vec<Vec<String>>) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let heading = format!("  {name}: {}\n", entries.len());
    let lines = entries.into_iter().flatten().map(|line| format!("    {line}\n"));
    lines.fold(heading, |text, line| text + &line)
}

fn passed_over(documents: &[PassedOver]) -> Option<String> {
    let mut kinds: Vec<&str> =
        documents.iter().map(|document| document.kind.as_str()).filter(|kind| !kind.is_empty()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let named = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
    (!documents.is_empty()).then(|| format!("passed over {}{named}\n", counted(documents.len(), "other document")))
}
