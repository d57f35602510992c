//! The report for a comment on a pull request.

use super::{ImportedTopology, Place, Refusal, Report};

/// One table for each list.
pub fn markdown(report: &Report) -> String {
    let refused: Vec<[String; 3]> = report.refused.iter().map(of_refusal).collect();
    let imported = report.imported.iter().map(of_topology);
    let number = report.passed_over.len();
    let passed =
        if number == 0 { String::new() } else { format!("\nPassed over: {number} documents of other kinds.\n") };
    let refused = table("## Refused", ["where", "why", "way out"], &refused);
    [refused].into_iter().chain(imported).chain([passed]).collect::<String>().trim_start().to_owned()
}

fn of_refusal(refusal: &Refusal) -> [String; 3] {
    [named(&refusal.at), plain(&refusal.message), plain(&refusal.help)]
}

fn of_topology(imported: &ImportedTopology) -> String {
    let lists = &imported.lists;
    let heading = format!("\n## {}\n\nFrom {}.\n", code(&imported.file), plain(&imported.resources.join(", ")));
    let to_decide: Vec<_> = lists.to_decide.iter().map(|it| [code(&it.to), plain(&it.what)]).collect();
    let not_carried: Vec<_> =
        lists.not_carried.iter().map(|it| [named(&it.from), plain(&it.did), plain(&it.instead)]).collect();
    let changed = lists.changed.iter().map(|it| {
        [
            it.from.as_ref().map(named).unwrap_or_default(),
            it.to.as_deref().map(code).unwrap_or_default(),
            plain(&it.why),
        ]
    });
    let carried: Vec<_> = lists.carried.iter().map(|it| [named(&it.from), code(&it.to)]).collect();
    [
        heading,
        table("### To decide", ["field of the topology", "what"], &to_decide),
        table("### Not carried", ["field", "what it did", "what to do"], &not_carried),
        table("### Changed", ["field", "field of the topology", "why"], &changed.collect::<Vec<_>>()),
        table("### Carried", ["field", "field of the topology"], &carried),
    ]
    .concat()
}

fn table<const COLUMNS: usize>(heading: &str, columns: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = format!("\n{heading} ({})\n\n| {} |\n|{}\n", rows.len(), columns.join(" | "), "---|".repeat(COLUMNS));
    rows.iter().fold(head, |text, row| text + &format!("| {} |\n", row.join(" | ")))
}

fn named(place: &Place) -> String {
    let field = if place.field.is_empty() { String::new() } else { format!(" {}", code(&place.field)) };
    format!("{}{field}", plain(&place.to_string()))
}

/// A text between backticks, in a cell.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|").replace('\n', " "))
}

/// A text that no reader of Markdown takes for markup; what stands between backticks stays.
fn plain(text: &str) -> String {
    let escaped = |part: &str| {
        part.chars().fold(String::new(), |text, letter| match letter {
            '\n' => text + " ",
            '\\' | '*' | '_' | '<' | '>' | '[' | ']' | '|' | '#' => format!("{text}\\{letter}"),
            _ => text + &letter.to_string(),
        })
    };
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 1 { part.replace('|', "\\|") } else { escaped(part) });
    parts.collect::<Vec<_>>().join("`")
}
