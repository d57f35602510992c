//! On which line each field of a text stands, by a second reader that tells positions.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};

use crate::path::{Path, Step};

/// The lines of the fields of one document, counted from 1 in its text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(BTreeMap<Path, usize>);

impl Lines {
    /// The line of a field; where it has none, because it is absent, that of the nearest field around it.
    pub(crate) fn of(&self, path: &Path) -> Option<usize> {
        let mut path = Some(path.clone());
        while let Some(at) = path {
            if let Some(line) = self.0.get(&at) {
                return Some(*line);
            }
            path = at.parent();
        }
        None
    }
}

/// A map or a list that is not closed yet.
#[derive(Debug)]
enum Open {
    /// A map, and the key whose value comes next.
    Map(Option<String>),
    /// A list, and the number of its elements so far.
    List(usize),
}

/// Deeper fields have no line; the reader of values refuses them anyhow.
const DEEPEST: usize = 128;

/// The lines of each document. A text that this reader does not understand has lines up to that place.
pub(crate) fn of_documents(text: &str) -> Vec<Lines> {
    let mut documents = Vec::new();
    let mut reading = Reading::default();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        if reading.open.len() > DEEPEST {
            break;
        }
        match event {
            Event::DocumentEnd => documents.push(std::mem::take(&mut reading).lines),
            event => reading.take(&event, span.start.line()),
        }
    }
    documents.push(reading.lines);
    documents
}

#[derive(Debug, Default)]
struct Reading {
    lines: Lines,
    path: Path,
    open: Vec<Open>,
}

impl Reading {
    fn take(&mut self, event: &Event<'_>, line: usize) {
        match event {
            Event::Scalar(text, ..) if self.is_key_next() => self.begin_value(text, line),
            Event::Scalar(..) | Event::Alias(_) => {
                self.begin(line);
                self.end();
            }
            Event::MappingStart(..) => {
                self.begin(line);
                self.open.push(Open::Map(None));
            }
            Event::SequenceStart(..) => {
                self.begin(line);
                self.open.push(Open::List(0));
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.open.pop();
                self.end();
            }
            _ => {}
        }
    }

    fn is_key_next(&self) -> bool {
        matches!(self.open.last(), Some(Open::Map(None)))
    }

    /// The line of a field is that of its key.
    fn begin_value(&mut self, key: &str, line: usize) {
        if let Some(Open::Map(next)) = self.open.last_mut() {
            *next = Some(key.to_owned());
        }
        self.lines.0.entry(self.path.key(key)).or_insert(line);
    }

    fn begin(&mut self, line: usize) {
        let step = match self.open.last() {
            Some(Open::Map(key)) => Step::Key(key.clone().unwrap_or_default()),
            Some(Open::List(index)) => Step::Index(*index),
            None => {
                self.lines.0.entry(Path::default()).or_insert(line);
                return;
            }
        };
        self.path = self.path.with(step);
        self.lines.0.entry(self.path.clone()).or_insert(line);
    }

    fn end(&mut self) {
        match self.open.last_mut() {
            Some(Open::Map(key)) => *key = None,
            Some(Open::List(index)) => *index += 1,
            None => {}
        }
        self.path = self.path.parent().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_the_line_of_its_key() {
        let text = "a: 1\n---\nspec:\n  racks:\n    - name: r1\n    - {name: r2, zone: x}\n  size:\n    3\n";
        let documents = of_documents(text);
        let line = |path: &Path| documents[1].of(path);
        let racks = Path::of(&["spec", "racks"]);
        assert_eq!(line(&racks), Some(4));
        assert_eq!(line(&racks.index(0).key("name")), Some(5));
        assert_eq!(line(&racks.index(1).key("zone")), Some(6));
        assert_eq!(line(&racks.index(1).key("absent")), Some(6));
        assert_eq!(line(&Path::of(&["spec", "size"])), Some(7));
    }
}
