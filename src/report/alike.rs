//! Many warnings that are alike, as a fleet has them: people read the first few with their source, and of the others where
//! they stand. Errors are never put together, and reports for programs have every complaint.

use std::collections::BTreeMap;

use annotate_snippets::{Group, Level};
use cassc_wording::counted;

use super::visible;
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::{Text, locate};

/// Up to so many warnings that are alike are all shown with their source.
const MOST_ALIKE: usize = 10;
/// Of more, so many.
const SHOWN_OF_THEM: usize = 3;
/// The most files of the others that are named, and the most lines of a file.
const MOST_NAMED: usize = 10;

/// Complaints that are shown one by one, and those that are put together.
pub(super) struct Parted<'c> {
    pub(super) one_by_one: Vec<&'c Diagnostic>,
    pub(super) alike: Vec<Vec<&'c Diagnostic>>,
}

/// Parts complaints, in the order that they stand in.
pub(super) fn parted(complaints: &[Diagnostic]) -> Parted<'_> {
    let kind = |complaint: &Diagnostic| {
        (complaint.severity == Severity::Warning).then(|| (complaint.code, shape(&complaint.message)))
    };
    let kinds: Vec<Option<(&str, String)>> = complaints.iter().map(kind).collect();
    let mut numbers: BTreeMap<&(&str, String), usize> = BTreeMap::new();
    kinds.iter().flatten().for_each(|kind| *numbers.entry(kind).or_default() += 1);
    let mut seen: BTreeMap<&(&str, String), Vec<&Diagnostic>> = BTreeMap::new();
    let mut one_by_one = Vec::new();
    for (complaint, kind) in complaints.iter().zip(&kinds) {
        let Some(kind) = kind.as_ref().filter(|kind| numbers[kind] > MOST_ALIKE) else {
            one_by_one.push(complaint);
            continue;
        };
        let seen = seen.entry(kind).or_default();
        if seen.len() < SHOWN_OF_THEM {
            one_by_one.push(complaint);
        }
        seen.push(complaint);
    }
    Parted { one_by_one, alike: seen.into_values().map(|mut alike| alike.split_off(SHOWN_OF_THEM)).collect() }
}

/// A message without its names and numbers.
fn shape(message: &str) -> String {
    let words = message.split('`').step_by(2).collect::<Vec<_>>().join("`");
    words.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// What is shown of warnings that are put together.
pub(super) fn group<'a>(texts: &[Text], alike: &[&Diagnostic]) -> Group<'a> {
    let first = alike[0];
    let title = format!("{} more, such as: {}", alike.len(), visible(&first.message));
    let title = Level::WARNING.primary_title(title).id(first.code);
    title.element(Level::NOTE.message(format!("they are at {}", places(texts, alike))))
}

/// `a.yaml:3, 9; b.yaml:3; and 12 more files`.
fn places(texts: &[Text], alike: &[&Diagnostic]) -> String {
    let mut files: Vec<(&Text, Vec<usize>)> = Vec::new();
    for label in alike.iter().filter_map(|complaint| complaint.labels.first()) {
        let (text, span) = locate(texts, &label.place);
        match files.iter_mut().find(|(known, _)| known.name == text.name) {
            Some((_, starts)) => starts.push(span.start),
            None => files.push((text, vec![span.start])),
        }
    }
    let of_file = |(text, starts): &(&Text, Vec<usize>)| {
        let mut lines: Vec<usize> =
            starts.iter().take(MOST_NAMED).map(|start| text.line_and_column(*start).0).collect();
        lines.dedup();
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let more = match starts.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}:{}{more}", visible(&text.name), lines.join(", "))
    };
    let mut places: Vec<String> = files.iter().take(MOST_NAMED).map(of_file).collect();
    match files.len().saturating_sub(MOST_NAMED) {
        0 => {}
        more => places.push(format!("and {}", counted(more, "more file"))),
    }
    places.join("; ")
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Diagnostic, Label, Place, Severity};
    use crate::parse::Text;
    use crate::report::{Colors, human, short};

    fn warnings(files: usize, of_each: usize) -> (Vec<Text>, Vec<Diagnostic>) {
        let lines = "a\n".repeat(of_each);
        let texts = (0..files).map(|file| Text::other(format!("{file}.yaml"), None, lines.clone())).collect();
        let places = (0..files).flat_map(|text| (0..of_each).map(move |line| (text, line * 2)));
        let warning = |(text, start): (usize, usize)| {
            let place = Place::Bytes { text, span: start..start + 1 };
            let label = Label { place, text: String::new() };
            Diagnostic::new("W113", Severity::Warning, format!("in {text}"), label)
        };
        (texts, places.map(warning).collect())
    }

    fn shown(files: usize, of_each: usize) -> (usize, String) {
        let (texts, warnings) = warnings(files, of_each);
        let text = human(&texts, &warnings, Colors::Plain);
        (text.matches("warning[W113]: in ").count(), text.split("= note: ").last().unwrap_or_default().to_owned())
    }

    #[test]
    fn of_a_fleet_with_one_warning_the_first_are_shown_and_the_files_of_the_others() {
        assert_eq!(shown(10, 1).0, 10);
        let (number, places) = shown(11, 1);
        assert!(number == 3 && places.ends_with("9.yaml:1; 10.yaml:1\n"), "{places}");
        let (number, places) = shown(300, 1);
        assert_eq!(number, 3);
        assert!(places.starts_with("they are at 3.yaml:1; ") && places.ends_with("; 12.yaml:1; and 287 more files\n"));
        assert_eq!(shown(1, 11), (3, "they are at 0.yaml:4, 5, 6, 7, 8, 9, 10, 11\n".to_owned()));
        assert!(shown(1, 40).1.ends_with("12, 13 and 27 more\n"), "{}", shown(1, 40).1);
    }

    #[test]
    fn errors_other_warnings_and_lines_for_editors_stay_one_by_one() {
        let (texts, mut complaints) = warnings(12, 1);
        assert_eq!(short(&texts, &complaints).lines().count(), 12);
        complaints.iter_mut().for_each(|complaint| complaint.severity = Severity::Error);
        assert_eq!(human(&texts, &complaints, Colors::Plain).matches("error[W113]").count(), 12);
        let (texts, mut complaints) = warnings(15, 1);
        complaints[13].code = "W205";
        complaints[14].message = "elsewhere".to_owned();
        let text = human(&texts, &complaints, Colors::Plain);
        assert!(text.contains("warning[W205]: in 13") && text.contains("warning[W113]: elsewhere"), "{text}");
        assert!(text.contains("warning[W113]: 10 more, such as: in 3\n"), "{text}");
    }
}
