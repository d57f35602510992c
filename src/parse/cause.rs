//! The usual causes of a complaint, found in the text where the complaint points: merge conflicts, templates, characters
//! that look like those of YAML, tabs, brackets that are not closed. Called by [`super::tree`] for what is not YAML, and
//! by [`crate::compile`] for values that are refused.

use std::ops::Range;

use super::look_alike::{LookAlike, look_alike};
use super::tree::TreeError;
use super::{Text, locate};
use crate::diagnostic::{Diagnostic, Label, Place, Severity};

/// So much of a long line is searched, in bytes.
const SEARCHED: usize = 4096;

/// A cause, and where it stands.
struct Cause {
    span: Range<usize>,
    /// What is wrong.
    message: String,
    /// What to do.
    help: String,
}

/// A merge conflict that Git left in a text: its first marker, and the last one.
pub(super) fn merge_conflict(text: &str) -> Option<TreeError> {
    let mut markers = lines(text, 0..text.len()).filter(|line| is_conflict_marker(&text[line.clone()]));
    let first = markers.next()?;
    let last = markers.last();
    Some(TreeError {
        code: "E002",
        span: first,
        message: "the file contains a merge conflict".to_owned(),
        other: last.map(|last| (last, "up to here")),
        help: Some("resolve the conflict: keep the lines that are right, and remove the markers".to_owned()),
    })
}

/// Git writes its markers at the start of a line, seven characters long.
fn is_conflict_marker(line: &str) -> bool {
    let marker = |sign: &str| line.strip_prefix(sign).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    line == "=======" || ["<<<<<<<", "|||||||", ">>>>>>>"].into_iter().any(marker)
}

/// The complaint about a text that is not YAML. `at` is the byte where the parser gave up, `info` what it expected, and
/// `open` the innermost bracket that was open.
pub(super) fn syntax_error(text: &str, at: usize, info: &str, open: Option<usize>) -> TreeError {
    let line = line_of(text, at);
    let before = text[..line.start].trim_end();
    let previous = line_of(text, before.len());
    let visible = lines(text, previous.start..line.end).find_map(|line| visible_cause(text, line, Quotes::Skip));
    let of_line = || tab(text, &line, info).or_else(|| missing_colon(text, previous, info));
    let cause = visible.or_else(of_line).or_else(|| missing_comma(text, at, info, open));
    if let Some(Cause { span, message, help }) = cause {
        return TreeError { code: "E002", span, message, other: None, help: Some(help) };
    }
    let is_quote = info.contains("quoted scalar");
    if let Some(error) = open.filter(|_| !is_quote).and_then(|open| unclosed(text, open, at)) {
        return error;
    }
    TreeError {
        code: "E002",
        span: at..at + text[at..].chars().next().map_or(0, char::len_utf8),
        message: format!("invalid YAML: {info}"),
        other: None,
        help: usual_repair(info).map(str::to_owned),
    }
}

/// A complaint about a value, with the cause that stands in the value: a template that was not rendered, or a character
/// that looks like another one.
pub(crate) fn with_cause(texts: &[Text], complaint: Diagnostic) -> Diagnostic {
    let Some(Label { place: Place::Value { .. }, .. }) = complaint.labels.first() else { return complaint };
    if complaint.severity != Severity::Error || complaint.code == "E012" {
        return complaint;
    }
    let (text, span) = locate(texts, &complaint.labels[0].place);
    let is_collection = text.text[span.clone()].starts_with(['{', '[']);
    let quotes = if is_collection { Quotes::Skip } else { Quotes::Search };
    let Some(Cause { span, message, help }) = visible_cause(&text.text, span, quotes) else { return complaint };
    let position = texts.iter().position(|it| std::ptr::eq(it, text)).unwrap_or_default();
    complaint.label(Label { place: Place::Bytes { text: position, span }, text: message }).help(help)
}

/// Whether what stands between quotes is searched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Skip,
    Search,
}

/// A template or a look-alike in some bytes of one line.
fn visible_cause(text: &str, span: Range<usize>, quotes: Quotes) -> Option<Cause> {
    let end = span.end.min(span.start + SEARCHED);
    let span = span.start..(0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let places: Vec<(usize, char)> = match quotes {
        Quotes::Skip => structural(text, span.clone()).collect(),
        Quotes::Search => text[span.clone()].char_indices().map(|(byte, it)| (span.start + byte, it)).collect(),
    };
    places.iter().find_map(|(byte, character)| {
        template(text, *byte).or_else(|| {
            let found = look_alike(text, *byte, *character, quotes == Quotes::Search)?;
            Some(of_look_alike(&found, *byte..byte + character.len_utf8()))
        })
    })
}

fn of_look_alike(LookAlike { message, help }: &LookAlike, span: Range<usize>) -> Cause {
    Cause { span, message: message.clone(), help: help.clone() }
}

/// A template language's brackets at a byte, up to their end on the same line.
fn template(text: &str, byte: usize) -> Option<Cause> {
    const BRACKETS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("<%", "%>"), ("${", "}")];
    // The end of the line is looked for only behind a bracket: a value may be long, and each of its bytes comes here.
    let (_, close) = BRACKETS.into_iter().find(|(open, _)| text[byte..].starts_with(open))?;
    let rest = text[byte..].lines().next().unwrap_or_default();
    let length = rest.find(close)? + close.len();
    let found = &rest[..length];
    if found.contains(": ") {
        return None; // Maps without a key between them.
    }
    let helm = [".Values", ".Release", ".Chart", ".Capabilities", "include ", "toYaml", "{{-", "-}}"];
    let is_helm = helm.into_iter().any(|word| found.contains(word));
    let message = if is_helm { "a Helm template" } else { "a template" };
    Some(Cause {
        span: byte..byte + length,
        message: format!("`{found}` is {message}, and cassc reads plain YAML"),
        help: "write the value, or render the template before you call cassc".to_owned(),
    })
}

/// A tab where the parser needs spaces.
fn tab(text: &str, line: &Range<usize>, info: &str) -> Option<Cause> {
    let written = &text[line.clone()];
    let indentation = written.len() - written.trim_start().len();
    let help = |help: &str| help.to_owned();
    if written[..indentation].contains('\t') {
        let span = line.start..line.start + indentation;
        let message = "the indentation contains a tab".to_owned();
        return Some(Cause { span, message, help: help("indent with spaces") });
    }
    let is_about_whitespace = info.contains("tab") || info.contains("valid YAML whitespace");
    let (byte, _) = structural(text, line.clone()).find(|(_, character)| *character == '\t')?;
    is_about_whitespace.then(|| Cause {
        span: byte..byte + 1,
        message: "a tab stands where YAML needs spaces".to_owned(),
        help: help("replace the tab with a space"),
    })
}

/// A line that is read as a key, and has no colon.
fn missing_colon(text: &str, line: Range<usize>, info: &str) -> Option<Cause> {
    let written = &text[line.clone()];
    let start = line.start + written.len() - written.trim_start().len();
    info.contains("simple key expect").then(|| Cause {
        span: start..start + written.trim().len(),
        message: "a colon is missing on this line".to_owned(),
        help: "write `key: value`, or quote a text of several lines".to_owned(),
    })
}

/// The complaint about a map or a list in place of a key: usually a template.
pub(super) fn no_key(text: &str, span: Range<usize>) -> TreeError {
    let line = line_of(text, span.start);
    let template = visible_cause(text, line, Quotes::Skip);
    let (span, message, help) = match template {
        Some(Cause { span, message, help }) => (span, message, help),
        None => (span, "the key is not text".to_owned(), "quote a key that starts with `[`, `{` or `?`".to_owned()),
    };
    TreeError { code: "E002", span, message, other: None, help: Some(help) }
}

/// Two entries of a flow collection without a comma between them.
fn missing_comma(text: &str, at: usize, info: &str, open: Option<usize>) -> Option<Cause> {
    let is_closed = matches!(closing(text, open?), Closing::Closed);
    (is_closed && (info.contains("expected ','"))).then(|| Cause {
        span: at..at + text[at..].chars().next().map_or(0, char::len_utf8),
        message: "a comma is missing before this".to_owned(),
        help: "separate entries with `,`, and quote text that contains `,`, `{`, `}`, `[` or `]`".to_owned(),
    })
}

/// How the bracket at a place ends.
#[derive(Debug)]
enum Closing {
    Closed,
    /// A bracket of the other kind stands where it should end.
    ByOther(usize),
    Never,
}

/// The complaint about a bracket that is not closed, where it opens.
fn unclosed(text: &str, open: usize, at: usize) -> Option<TreeError> {
    let sign = char::from(*text.as_bytes().get(open)?);
    let close = closing_sign(sign)?;
    let (message, other) = match closing(text, open) {
        Closing::Closed => return None,
        Closing::ByOther(other) => (format!("the `{sign}` is closed by the wrong bracket"), (other..other + 1, "here")),
        Closing::Never => {
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
            (format!("the `{sign}` is not closed"), (at..end, "not closed before this"))
        }
    };
    let help = Some(format!("add `{close}` where the {} ends", if sign == '{' { "map" } else { "list" }));
    Some(TreeError { code: "E002", span: open..open + 1, message, other: Some(other), help })
}

fn closing_sign(open: char) -> Option<char> {
    match open {
        '{' => Some('}'),
        '[' => Some(']'),
        _ => None,
    }
}

/// Looks for the end of a bracket. A line that is not indented more than the line of the bracket does not belong to it,
/// unless the document itself is in brackets.
fn closing(text: &str, open: usize) -> Closing {
    let line = line_of(text, open);
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let own = indentation(&text[line.clone()]);
    let is_document = text[line.start..open].trim().is_empty();
    let ends_at = (!is_document).then(|| {
        let mut following = lines(text, line.end..text.len()).skip(1);
        let outside = |line: &Range<usize>| {
            let line = &text[line.clone()];
            !line.trim().is_empty() && indentation(line) <= own && !line.trim_start().starts_with(['}', ']'])
        };
        following.find(outside).map(|line| line.start)
    });
    let mut expected: Vec<char> = Vec::new();
    for (byte, character) in structural(text, open..ends_at.flatten().unwrap_or(text.len())) {
        if let Some(close) = closing_sign(character) {
            expected.push(close);
        } else if matches!(character, '}' | ']') {
            match expected.pop() {
                Some(close) if close == character => {}
                _ if expected.is_empty() => return Closing::ByOther(byte),
                _ => return Closing::Never,
            }
        }
        if expected.is_empty() {
            return Closing::Closed;
        }
    }
    Closing::Never
}

/// The brackets that open in some bytes and do not close there, after those that were open before.
pub(super) fn open_brackets(text: &str, span: Range<usize>, before: &[usize]) -> Vec<usize> {
    let mut open = before.to_vec();
    for (byte, character) in structural(text, span) {
        match character {
            '{' | '[' if open.last() != Some(&byte) => open.push(byte),
            '}' | ']' => drop(open.pop()),
            _ => {}
        }
    }
    open
}

/// The characters that stand outside of quotes and comments, with their places. The first byte is taken to be outside.
fn structural(text: &str, span: Range<usize>) -> impl Iterator<Item = (usize, char)> {
    let start = span.start;
    let mut quote: Option<char> = None;
    let mut is_escaped = false;
    let mut is_comment = false;
    let mut previous = '\n';
    text[span].char_indices().filter_map(move |(byte, character)| {
        let starts = previous.is_whitespace() || matches!(previous, '{' | '[' | ',' | ':');
        let was_inside = quote.is_some() || is_comment;
        match (quote, character) {
            (_, '\n') => is_comment = false,
            _ if is_comment => {}
            (Some('"'), _) if is_escaped => is_escaped = false,
            (Some('"'), '\\') => is_escaped = true,
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') if starts => quote = Some(character),
            (None, '#') if previous.is_whitespace() => is_comment = true,
            _ => {}
        }
        previous = character;
        let is_outside = !was_inside && quote.is_none() && !is_comment;
        is_outside.then_some((start + byte, character))
    })
}

/// The repair of an error message of saphyr-parser that has no cause of its own above.
fn usual_repair(info: &str) -> Option<&'static str> {
    const REPAIRS: [(&str, &str); 10] = [
        ("<document start>", "separate documents with `---`; a line that starts with `%` is a directive of YAML"),
        ("unknown escape", "write `\\\\` for a backslash, or use single quotes"),
        ("did not find expected key", "align the indentation with the lines above"),
        ("did not find expected '-' indicator", "align the indentation with the lines above"),
        ("quoted scalar", "close the quote"),
        ("mapping values are not allowed", "quote text that contains `: `, or correct the indentation"),
        ("unexpected character", "quote text that starts with a special character"),
        ("misplaced bracket", "remove the bracket, or open it before"),
        ("comments must be separated", "write a space before `#`, or quote the text"),
        ("expected node content", "remove the comma, or write the missing entry"),
    ];
    REPAIRS.into_iter().find(|(part, _)| info.contains(part)).map(|(_, repair)| repair)
}

fn line_of(text: &str, byte: usize) -> Range<usize> {
    let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    start..text[byte..].find(['\n', '\r']).map_or(text.len(), |newline| byte + newline)
}

/// The lines in some bytes, without what ends them.
fn lines(text: &str, span: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut next = span.start;
    text[span].split_inclusive('\n').map(move |line| {
        let start = next;
        next += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    })
}

#[cfg(test)]
mod tests {
    use super::super::builder::documents;
    use super::super::limits::Limits;
    use super::*;

    /// The text under the first complaint, and its message.
    fn complaint(text: &str) -> (String, String) {
        let error = merge_conflict(text).or_else(|| documents(text, Limits::TOPOLOGY).1.into_iter().next());
        error.map(|error| (text[error.span].to_owned(), error.message)).unwrap_or_default()
    }

    #[test]
    fn the_cause_is_shown_where_it_stands() {
        for (text, place, message) in [
            ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", "<<<<<<< HEAD", "a merge conflict"),
            ("a: 1\n=======\nb: 3\n", "=======", "a merge conflict"),
            ("a: {{ .Values.a }}\n", "{{ .Values.a }}", "a Helm template"),
            ("a: 1\n{{- include \"x\" . }}\nb: 2\n", "{{- include \"x\" . }}", "a Helm template"),
            ("a: {b: ${VERSION}}\n", "${VERSION}", "a template"),
            ("{% if a %}\na: 1\n", "{% if a %}", "a template"),
            ("a: {{b: 1}}\n", "{b: 1}", "the key is not text"),
            ("a:\n  b: {c: 1}\n\u{a0} d: 2\n  e: 3\n", "\u{a0}", "U+00A0 (no-break space)"),
            ("a:\n  – b: 1\n    c: 2\n", "–", "is not the `-` of YAML"),
            ("a: 1\n---\n\u{feff}a: 2\n", "\u{feff}", "U+FEFF (byte order mark)"),
            ("a: {b:\t1}\n", "\t", "a tab stands"),
            ("a:\n\tb: 1\n", "\t", "the indentation contains a tab"),
            ("a: {b: 1\nc: {d: 2}\n", "{", "the `{` is not closed"),
            ("a: [{b: 1}\nc: 1\n", "[", "the `[` is not closed"),
            ("a: [\n  {b: 1},\n  {b: [1, 2}\n]\n", "[", "closed by the wrong bracket"),
            ("{\n\"a\": 1,\n\"b\": [1, 2\n}\n", "[", "closed by the wrong bracket"),
            ("{\n\"a\": 1\n", "{", "the `{` is not closed"),
            ("a: {b: [1 2], c: 3 d: 4}\n", ":", "a comma is missing"),
            ("a: 1\nb\nc: 2\n", "b", "a colon is missing on this line"),
            ("a: {b: \"x}\n", "\"", "invalid YAML"),
        ] {
            let (found, said) = complaint(text);
            assert!(found == place && said.contains(message), "{text:?}: {said} at {found:?}");
        }
    }

    #[test]
    fn brackets_in_quotes_and_comments_do_not_count() {
        for (text, is_closed) in [
            ("{a: \"}\", b: '{', c: 1} # {", true),
            ("{a: 1, # }\n b: 2}", true),
            ("{a: it's, b: \"\\\"}\"}", true),
            ("k: {a: 1\nb: }", false),
            ("  k: {a: 1,\n    b: 2\n  }", true),
        ] {
            let open = text.find('{').expect("a bracket");
            assert_eq!(matches!(closing(text, open), Closing::Closed), is_closed, "{text}");
        }
    }
}
