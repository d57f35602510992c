//! YAML text becomes a tree whose every value has its place in the text. Refused here, with a place: what is not
//! YAML, duplicate keys, anchors, aliases, tags and merge keys (a value must stand where it is read), and nesting
//! deep enough to be an attack.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::cause::{self, open_brackets};
use super::limits::{DEEPEST, Limits};
use super::scalar::within_quotes;
use super::tree::{Content, Entry, Node, Scalar, TreeError};
use crate::diagnostic::MOST_ERRORS;

/// The documents of a stream, and the complaints. Duplicate keys are collected, anything else ends the reading.
/// An empty document is left out.
pub(super) fn documents(text: &str, limits: Limits) -> (Vec<Node>, Vec<TreeError>) {
    let mut builder = Builder::new(text, limits);
    let mut roots = Vec::new();
    loop {
        match builder.next_document() {
            Ok(Some(root)) if root.is_nothing() => {}
            Ok(Some(root)) if roots.len() == limits.documents => {
                let message = format!("the file has more than {} documents", limits.documents);
                builder.errors.push(too_much(root.span.start, message));
                break;
            }
            Ok(Some(root)) if builder.errors.len() < MOST_ERRORS => roots.push(root),
            Ok(_) => break,
            Err(error) => {
                builder.errors.push(error);
                break;
            }
        }
    }
    (roots, builder.errors)
}

type Result<T> = std::result::Result<T, TreeError>;

struct Builder<'t> {
    text: &'t str,
    limits: Limits,
    parser: Parser<'t, StrInput<'t>>,
    /// Byte position of every character; `None` when the text is ASCII and both are the same.
    byte_of_character: Option<Vec<usize>>,
    errors: Vec<TreeError>,
    /// How many keys and values were read.
    values: usize,
    /// Where the brackets begin that are open.
    open: Vec<usize>,
    /// Where the last event ends.
    last_event: usize,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, limits: Limits) -> Self {
        let byte_of_character = (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).collect());
        let parser = Parser::new_from_str(text);
        Self { text, limits, parser, byte_of_character, errors: Vec::new(), values: 0, open: Vec::new(), last_event: 0 }
    }

    fn next_document(&mut self) -> Result<Option<Node>> {
        loop {
            let (event, span) = self.next_event()?;
            match event {
                Event::StreamEnd => return Ok(None),
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                other => return self.node(other, span, 0).map(Some),
            }
        }
    }

    fn next_event(&mut self) -> Result<(Event<'t>, Span)> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.last_event = self.byte(span.end);
                Ok((event, span))
            }
            Some(Err(error)) => Err(self.syntax_error(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node> {
        let bytes = self.bytes(span);
        if depth > DEEPEST {
            return Err(too_deep(bytes));
        }
        self.values += 1;
        if self.values > self.limits.values {
            return Err(too_much(
                bytes.start,
                format!("the file has more than {} keys and values", self.limits.values),
            ));
        }
        match event {
            Event::Scalar(text, _, 0, None) if text.len() > self.limits.text => {
                Err(too_much(bytes.start, format!("the text is longer than {} KiB", self.limits.text / 1024)))
            }
            Event::Scalar(text, style, 0, None) => Ok(scalar(text, style, within_quotes(self.text, bytes))),
            Event::SequenceStart(0, None) => self.bracketed(bytes.start, |builder| builder.list(bytes, depth)),
            Event::MappingStart(0, None) => self.bracketed(bytes.start, |builder| builder.map(bytes, depth)),
            Event::Alias(_) => Err(indirection(bytes, "an alias")),
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                Err(self.indirection(bytes, anchor))
            }
            _ => unreachable!("the parser yields one node between its document marks"),
        }
    }

    /// Remembers a bracket while what stands in it is read.
    fn bracketed(&mut self, start: usize, read: impl FnOnce(&mut Self) -> Result<Node>) -> Result<Node> {
        let is_bracket = matches!(self.text.as_bytes().get(start), Some(b'{' | b'['));
        self.open.extend(is_bracket.then_some(start));
        let node = read(self)?;
        if is_bracket {
            self.open.pop();
        }
        Ok(node)
    }

    fn list(&mut self, start: Range<usize>, depth: usize) -> Result<Node> {
        let mut items: Vec<Node> = Vec::new();
        loop {
            let (event, span) = self.next_event()?;
            if event == Event::SequenceEnd {
                let end = self.end_of_block(span, items.last().map(|item| item.span.end));
                items.shrink_to_fit();
                return Ok(Node { span: start.start..end.max(start.start), content: Content::List(items) });
            }
            if items.len() == self.limits.entries {
                return Err(too_much(start.start, format!("the list has more than {} elements", self.limits.entries)));
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn map(&mut self, start: Range<usize>, depth: usize) -> Result<Node> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = BTreeSet::new();
        for position in 0.. {
            let (event, span) = self.next_event()?;
            if event == Event::MappingEnd {
                let end = self.end_of_block(span, entries.last().map(|entry| entry.value.span.end));
                entries.shrink_to_fit();
                return Ok(Node { span: start.start..end.max(start.start), content: Content::Map(entries) });
            }
            if position == self.limits.entries {
                return Err(too_much(start.start, format!("the map has more than {} keys", self.limits.entries)));
            }
            let (key, key_span) = self.key(event, span, depth)?;
            let (event, span) = self.next_event()?;
            let value = self.node(event, span, depth + 1)?;
            if seen.insert(key.clone()) {
                entries.push(Entry { key, key_span, value });
            } else {
                self.duplicate(&entries, &key, key_span);
            }
        }
        unreachable!("a map ends, or its text does")
    }

    fn key(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<(String, Range<usize>)> {
        let node = self.node(event, span, depth + 1)?;
        match node.content {
            Content::Scalar(Scalar { text, plain: true }) if text == "<<" => Err(indirection(node.span, "a merge key")),
            Content::Scalar(scalar) if scalar.text.len() > self.limits.key => {
                let message = format!("the key is longer than {} bytes", self.limits.key);
                Err(refusal("E012", node.span.start..node.span.start, message, "choose a shorter key"))
            }
            Content::Scalar(scalar) => Ok((scalar.text, node.span)),
            Content::List(_) | Content::Map(_) | Content::StandIn(_) => Err(cause::no_key(self.text, node.span)),
        }
    }

    /// The second value is dropped from the tree, never silently: the complaint refuses the whole document.
    fn duplicate(&mut self, entries: &[Entry], key: &str, span: Range<usize>) {
        let first = entries.iter().find(|entry| entry.key == key).map(|entry| entry.key_span.clone());
        self.errors.push(TreeError {
            code: "E003",
            span,
            message: format!("duplicate key `{key}`"),
            other: first.map(|first| (first, "first here")),
            help: Some("remove one of the two keys".to_owned()),
        });
    }

    /// Flow collections end at their bracket, block collections where their last value ends.
    fn end_of_block(&self, end: Span, last_child: Option<usize>) -> usize {
        let end = self.bytes(end);
        if matches!(self.text.as_bytes().get(end.start), Some(b']' | b'}')) {
            return end.start + 1;
        }
        match last_child {
            Some(last) if end.is_empty() || end.end < last => last,
            _ => end.end,
        }
    }

    fn bytes(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start);
        start..self.byte(span.end).max(start)
    }

    fn byte(&self, marker: Marker) -> usize {
        match &self.byte_of_character {
            Some(bytes) => bytes.get(marker.index()).copied().unwrap_or(self.text.len()),
            None => marker.index().min(self.text.len()),
        }
    }

    fn syntax_error(&self, error: &ScanError) -> TreeError {
        let at = self.byte(*error.marker());
        if error.info().contains("recursion limit") {
            return too_deep(at..at);
        }
        if error.info().contains("unknown anchor") {
            return indirection(at..at, "an alias");
        }
        if error.info().contains("tag") {
            return tag(at..at, "a tag");
        }
        let open = open_brackets(self.text, self.last_event.min(at)..at, &self.open);
        cause::syntax_error(self.text, at, error.info(), open.last().copied())
    }

    fn indirection(&self, span: Range<usize>, anchor: usize) -> TreeError {
        let written = &self.text[span.clone()];
        let word = written.split(char::is_whitespace).next().unwrap_or_default();
        let is_written = word.starts_with(['!', '&']);
        let span = if is_written { span.start..span.start + word.len() } else { span };
        match anchor {
            0 if is_written => tag(span, &format!("the tag `{word}`")),
            0 => tag(span, "a tag"),
            _ => indirection(span, "an anchor"),
        }
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, span: Range<usize>) -> Node {
    let plain = style == ScalarStyle::Plain;
    Node { span, content: Content::Scalar(Scalar { text: text.into_owned(), plain }) }
}

fn indirection(span: Range<usize>, what: &str) -> TreeError {
    let help = "write the value itself where it is used";
    refusal("E004", span, format!("{what} is not allowed in a topology"), help)
}

fn tag(span: Range<usize>, what: &str) -> TreeError {
    let help = "remove the tag; quote a number or a boolean that is meant as text";
    refusal("E004", span, format!("{what} is not allowed in a topology"), help)
}

fn too_deep(span: Range<usize>) -> TreeError {
    let message = format!("the document is nested more than {DEEPEST} levels deep");
    refusal("E005", span, message, "remove levels; a topology needs about a dozen")
}

fn too_much(at: usize, message: String) -> TreeError {
    refusal("E005", at..at, message, "a topology takes a few kilobytes; split a fleet into several files")
}

fn refusal(code: &'static str, span: Range<usize>, message: impl Into<String>, help: &str) -> TreeError {
    TreeError { code, span, message: message.into(), other: None, help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Node {
        let (mut roots, errors) = documents(text, Limits::TOPOLOGY);
        assert_eq!(errors, []);
        assert_eq!(roots.len(), 1);
        roots.remove(0)
    }

    fn error(text: &str) -> TreeError {
        documents(text, Limits::TOPOLOGY).1.into_iter().next().expect("the text is refused")
    }

    #[test]
    fn spans_are_bytes_even_after_characters_of_several_bytes_and_carriage_returns() {
        for text in ["é: ü\nnodes: 3\n", "a: b\r\nnodes: 3\r\n", "\u{feff}nodes: 3\n", "# 😀\nl: [1, {nodes: 3}]\n"]
        {
            let root = one(text.trim_start_matches('\u{feff}'));
            let text = text.trim_start_matches('\u{feff}');
            let entry = root.entry("nodes").cloned().unwrap_or_else(|| match &root.get("l").expect("l").content {
                Content::List(items) => items[1].entry("nodes").expect("nodes").clone(),
                _ => unreachable!("l is a list"),
            });
            assert_eq!(&text[entry.key_span], "nodes", "{text:?}");
            assert_eq!(&text[entry.value.span], "3", "{text:?}");
        }
    }

    #[test]
    fn blocks_end_with_their_last_value_and_flow_collections_with_their_bracket() {
        let text = "a:\n  b: 1\n  c: [1, 2]\n\n\nd: {e: f}  # x\n";
        let root = one(text);
        assert_eq!(&text[root.get("a").expect("a").span.clone()], "b: 1\n  c: [1, 2]");
        assert_eq!(&text[root.get("d").expect("d").span.clone()], "{e: f}");
    }

    #[test]
    fn a_text_of_more_values_than_a_fleet_has_is_refused_where_they_are_too_many() {
        let limits = Limits { values: 6, ..Limits::TOPOLOGY };
        assert_eq!(documents("a: [1, 2, 3]\n", limits).1, []);
        let errors = documents("a: [1, 2, 3]\n---\nb: 1\n", limits).1;
        assert_eq!((errors[0].code, errors[0].span.clone()), ("E005", 17..17));
    }

    #[test]
    fn what_hides_values_is_refused() {
        assert_eq!(error("a: &x 1\n").code, "E004");
        assert_eq!(error("a: *x\n").code, "E004");
        assert_eq!(error("a: !!str 1\n").code, "E004");
        assert_eq!(error("a: {<<: {b: 1}}\n").code, "E004");
        assert_eq!(error("a: 1\nb: 2\na: 3\n").code, "E003");
        assert_eq!(error("a:\n\tb: 1\n").message, "the indentation contains a tab");
    }

    #[test]
    fn what_is_far_too_large_is_refused_where_it_begins() {
        assert_eq!(error(&"[".repeat(100_000)).code, "E005");
        let many = |item: &str| item.repeat(Limits::TOPOLOGY.entries + 1);
        for (text, code) in [
            (format!("a: 1\nb: [{}]\n", many("1, ")), "E005"),
            (
                format!("a: 1\nb:\n{}", (0..=5000).fold(String::new(), |text, key| text + &format!("  k{key}: 1\n"))),
                "E005",
            ),
            (format!("a: 1\nb: {}\n", "x".repeat(Limits::TOPOLOGY.text + 1)), "E005"),
            (format!("a: 1\n? {}\n: 1\n", "x".repeat(Limits::TOPOLOGY.key + 1)), "E012"),
        ] {
            let error = error(&text);
            assert_eq!((error.code, error.span.start > 4), (code, true), "{}", error.message);
            assert_eq!(documents(&text, Limits::NONE).1, []);
        }
    }
}
