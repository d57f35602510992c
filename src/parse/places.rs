//! A place as rules name it → the bytes that it means in its text. Called by the reports, and by whoever asks whether a
//! document reaches that far.

use std::ops::Range;

use super::Text;
use super::tree::{Content, Node};
use crate::diagnostic::{DocumentId, Part, Place, Route, Step};

/// Whether a document contains a route.
pub(crate) fn has_route(texts: &[Text], document: DocumentId, route: &Route) -> bool {
    let root = texts.get(document.text).and_then(|text| text.roots().get(document.number));
    root.is_some_and(|root| route.steps().iter().try_fold(root, child).is_some())
}

fn child<'n>(node: &'n Node, step: &Step) -> Option<&'n Node> {
    match (&node.content, step) {
        (Content::Map(_), Step::Key(key)) => node.get(key),
        (Content::List(items), Step::Index(index)) => items.get(*index),
        _ => None,
    }
}

/// The text and the bytes that a place means. A block of several lines is underlined at its key.
pub(crate) fn locate<'t>(texts: &'t [Text], place: &Place) -> (&'t Text, Range<usize>) {
    match place {
        Place::Bytes { text, span } => (&texts[*text], span.clone()),
        Place::Value { document, route, part } => {
            let text = &texts[document.text];
            let root = text.roots().get(document.number);
            (text, root.map_or(0..0, |root| locate_value(&text.text, root, route, *part)))
        }
    }
}

fn locate_value(text: &str, root: &Node, route: &Route, part: Part) -> Range<usize> {
    let mut node = root;
    let mut key: Option<Range<usize>> = None;
    for step in route.steps() {
        match step {
            Step::Key(name) => {
                let Some(entry) = node.entry(name) else { return key.unwrap_or_else(|| first_line(text, node)) };
                key = Some(entry.key_span.clone());
                node = &entry.value;
            }
            Step::Index(index) => {
                let Content::List(items) = &node.content else { break };
                let Some(item) = items.get(*index) else { break };
                key = None;
                node = item;
            }
        }
    }
    let one_line = !text[node.span.clone()].contains('\n') && !node.span.is_empty();
    match (part, key) {
        (Part::Key, Some(key)) => key,
        (Part::Value, Some(key)) if !one_line => key,
        _ => first_line(text, node),
    }
}

fn first_line(text: &str, node: &Node) -> Range<usize> {
    let line = text[node.span.clone()].lines().next().unwrap_or_default();
    node.span.start..node.span.start + line.len()
}
