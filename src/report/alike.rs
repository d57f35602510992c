//! Many warnings of one rule, as a fleet has them: people read the first few with their source, and of the others where they
//! stand. Errors are never put together, and reports for programs have every complaint.

use annotate_snippets::{Group, Level};
use cassc_wording::counted;

use super::visible;
use crate::catalogue::rule;
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::{Text, locate};

/// Up to so many warnings of a rule are all shown with their source.
const MOST_OF_A_RULE: usize = 5;
/// Of more, so many.
const SHOWN_OF_A_RULE: usize = 3;
/// The most files of the others that are named, and the most lines of a file.
const MOST_NAMED: usize = 10;

/// Complaints that are shown one by one, and those that are put together: all of a group are of one rule.
pub(super) struct Parted<'c> {
    pub(super) one_by_one: Vec<&'c Diagnostic>,
    pub(super) alike: Vec<Vec<&'c Diagnostic>>,
}

/// Parts complaints, in the order that they stand in.
pub(super) fn parted(complaints: &[Diagnostic]) -> Parted<'_> {
    let mut parted = Parted { one_by_one: Vec::new(), alike: Vec::new() };
    let mut of_rules: Vec<(&str, usize, usize)> = Vec::new();
    for warning in complaints.iter().filter(|complaint| complaint.severity == Severity::Warning) {
        match of_rules.iter_mut().find(|(code, ..)| *code == warning.code) {
            Some((_, number, _)) => *number += 1,
            None => of_rules.push((warning.code, 1, 0)),
        }
    }
    of_rules.retain(|(_, number, _)| *number > MOST_OF_A_RULE);
    for complaint in complaints {
        let is_warning = complaint.severity == Severity::Warning;
        match of_rules.iter_mut().find(|(code, ..)| is_warning && *code == complaint.code) {
            Some((_, _, shown)) if *shown < SHOWN_OF_A_RULE => {
                *shown += 1;
                parted.one_by_one.push(complaint);
            }
            Some(_) => match parted.alike.iter_mut().find(|group| group[0].code == complaint.code) {
                Some(group) => group.push(complaint),
                None => parted.alike.push(vec![complaint]),
            },
            None => parted.one_by_one.push(complaint),
        }
    }
    parted
}

/// What is shown of warnings that are put together.
pub(super) fn group<'a>(texts: &[Text], alike: &[&Diagnostic]) -> Group<'a> {
    let code = alike[0].code;
    let summary = rule(code).map_or_else(String::new, |rule| format!(": {}", rule.summary));
    let title = Level::WARNING.primary_title(format!("{} more of {code}{summary}", alike.len())).id(code);
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
        assert_eq!(shown(5, 1).0, 5);
        assert_eq!(shown(6, 1), (3, "they are at 3.yaml:1; 4.yaml:1; 5.yaml:1\n".to_owned()));
        let (number, places) = shown(300, 1);
        assert_eq!(number, 3);
        assert!(places.starts_with("they are at 3.yaml:1; ") && places.ends_with("; 12.yaml:1; and 287 more files\n"));
        assert_eq!(shown(1, 6), (3, "they are at 0.yaml:4, 5, 6\n".to_owned()));
        assert!(shown(1, 40).1.ends_with("12, 13 and 27 more\n"), "{}", shown(1, 40).1);
    }

    #[test]
    fn errors_other_warnings_and_lines_for_editors_stay_one_by_one() {
        let (texts, mut complaints) = warnings(7, 1);
        assert_eq!(short(&texts, &complaints).lines().count(), 7);
        complaints.iter_mut().for_each(|complaint| complaint.severity = Severity::Error);
        assert_eq!(human(&texts, &complaints, Colors::Plain).matches("error[W113]").count(), 7);
        let (texts, mut complaints) = warnings(9, 1);
        complaints[8].code = "W205";
        let text = human(&texts, &complaints, Colors::Plain);
        assert!(text.contains("warning[W205]: in 8"), "{text}");
        assert!(text.contains("warning[W113]: 5 more of W113: a datacenter with three or more nodes"), "{text}");
    }
}
