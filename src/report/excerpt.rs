//! The lines of a user's text under a complaint: whole where they are short and near each other, otherwise a few words
//! around each place, so that a complaint is read in a glance and costs the same in a text of any size.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Origin, Snippet};

use super::visible::{is_hidden, visible};
use crate::parse::Text;

/// The most bytes between the first and the last line that are looked at together.
const LARGEST_WINDOW: usize = 64 * 1024;
/// The longest line that is shown whole, in bytes.
const LONGEST_LINE: usize = 400;
/// So many characters are shown before and from a place in a longer line.
const AROUND: (usize, usize) = (40, 80);

/// A place in a text, and what is said about it.
pub(super) struct Mark<'a> {
    pub(super) span: Range<usize>,
    pub(super) kind: AnnotationKind,
    pub(super) words: &'a str,
}

/// The source under the marks of one text.
pub(super) fn source<'a>(text: &'a Text, marks: &[Mark<'a>]) -> Vec<Element<'a>> {
    let start = marks.iter().map(|mark| mark.span.start).min().unwrap_or_default();
    let end = marks.iter().map(|mark| mark.span.end).max().unwrap_or_default();
    let window = text.line_around(start).start..text.line_around(end).end;
    let is_short = |lines: &str| lines.lines().all(|line| line.len() <= LONGEST_LINE);
    if window.len() <= LARGEST_WINDOW && is_short(&text.text[window.clone()]) {
        let annotations = marks.iter().map(|mark| annotation(text, &window, mark));
        let (line, _) = text.line_and_column(window.start);
        let snippet = Snippet::source(printable(&text.text[window.clone()])).line_start(line).fold(true);
        return vec![snippet.path(visible(&text.name)).annotations(annotations).into()];
    }
    marks.iter().flat_map(|mark| words_around(text, mark)).collect()
}

/// A mark with some words before and behind it. Its line and column are those of the whole line.
fn words_around<'a>(text: &'a Text, mark: &Mark<'a>) -> [Element<'a>; 2] {
    let line = text.line_around(mark.span.start);
    let start = mark.span.start.min(line.end);
    let before = text.text[line.start..start].char_indices().rev().take(AROUND.0).last();
    let from = before.map_or(start, |(position, _)| line.start + position);
    let behind = text.text[start..line.end].char_indices().nth(AROUND.1);
    let to = behind.map_or(line.end, |(position, _)| start + position);
    let shown = Mark { span: start..mark.span.end.clamp(start, to), kind: mark.kind, words: mark.words };
    let (number, column) = text.line_and_column(mark.span.start);
    let origin = Origin::path(visible(&text.name)).line(number).char_column(column);
    let snippet = Snippet::source(printable(&text.text[from..to])).line_start(number);
    [origin.into(), snippet.annotation(annotation(text, &(from..to), &shown)).into()]
}

fn annotation<'a>(text: &Text, window: &Range<usize>, mark: &Mark<'a>) -> Annotation<'a> {
    let place = |byte: usize| printable(&text.text[window.start..byte.clamp(window.start, window.end)]).len();
    let annotation = mark.kind.span(place(mark.span.start)..place(mark.span.end));
    if mark.words.is_empty() { annotation } else { annotation.label(visible(mark.words)) }
}

/// Source with a sign in place of each control or invisible character; as wide as one.
fn printable(source: &str) -> String {
    let shown = |character| match character {
        '\n' | '\r' | '\t' => character,
        '\0'..'\u{20}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        hidden if is_hidden(hidden) => '\u{fffd}',
        seen => seen,
    };
    source.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Diagnostic, Label, Place, Severity};
    use crate::parse::Text;
    use crate::report::{Colors, human};

    fn shown(text: &str, spans: &[std::ops::Range<usize>]) -> String {
        let texts = [Text::other("a\u{1b}.yaml".to_owned(), None, text.to_owned())];
        let label = |span: &std::ops::Range<usize>| Label {
            place: Place::Bytes { text: 0, span: span.clone() },
            text: "here".to_owned(),
        };
        let complaint = Diagnostic::new("E002", Severity::Error, "odd", label(&spans[0]));
        human(&texts, &[complaint.labels(spans[1..].iter().map(label))], Colors::Plain)
    }

    #[test]
    fn of_a_long_line_the_words_around_the_place_are_shown() {
        let line = format!("a: {}WRONG{}\n", "é".repeat(1000), "x".repeat(1000));
        let text = format!("# first\n{line}");
        let start = text.find("WRONG").expect("it stands there");
        let shown = shown(&text, std::slice::from_ref(&(start..start + 5)));
        assert!(shown.contains("a\\u{1b}.yaml:2:1004"), "{shown}");
        assert!(shown.contains(&format!("{}WRONG{}", "é".repeat(40), "x".repeat(75))), "{shown}");
        assert!(!shown.contains(&"é".repeat(41)) && !shown.contains(&"x".repeat(76)), "{shown}");
        assert!(shown.contains("^^^^^ here"), "{shown}");
    }

    #[test]
    fn places_far_apart_are_shown_one_by_one() {
        let text = format!("first: 1\n{}last: 2\n", "# much more\n".repeat(10_000));
        let shown = shown(&text, &[text.len() - 8..text.len() - 4, 0..5]);
        assert!(shown.contains("a\\u{1b}.yaml:10002:1") && shown.contains("a\\u{1b}.yaml:1:1"), "{shown}");
        assert!(shown.contains("last: 2") && shown.contains("first: 1") && !shown.contains("much more"), "{shown}");
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_as_a_sign() {
        let text = "a: \u{1b}[31m\u{9b}31m\u{202e}é x\n";
        let start = text.find('x').expect("it stands there");
        let shown = shown(text, std::slice::from_ref(&(start..start + 1)));
        assert!(shown.contains("1 | a: ␛[31m�31m�é x"), "{shown}");
        assert!(shown.contains("  |                ^ here"), "{shown}");
    }
}
