//! Values that somebody has still to decide: `TODO` in place of a value of any type. `cassc import` writes them where the
//! resource that it reads does not say enough.

use super::trail::Trail;
use super::tree::Node;
use super::visit_texts;
use crate::diagnostic::{Diagnostic, DocumentId, Label, Part, Place, Route, Severity, Step};

/// The word that stands for a value which is not decided.
const WORD: &str = "TODO";

/// Every such value of a document: its place, and the complaint about it.
pub(super) fn undecided(document: DocumentId, root: &Node) -> Vec<(Route, Diagnostic)> {
    let mut found = Vec::new();
    visit_texts(root, Trail::Root, &mut |trail, part, text| {
        if let (Part::Value, Some(question)) = (part, question(text)) {
            let route = trail.route();
            found.push((route.clone(), complaint(document, route, &question)));
        }
    });
    found
}

/// What is to be decided, on one line; empty where the word stands alone. `None` for any other value.
fn question(text: &str) -> Option<String> {
    let rest = text.trim_end().strip_prefix(WORD)?;
    let question = match rest.chars().next() {
        None => "",
        Some(':') => &rest[1..],
        Some(' ') => rest,
        Some(_) => return None,
    };
    let words = question.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    Some(words.collect::<Vec<_>>().join(" "))
}

fn complaint(document: DocumentId, route: Route, question: &str) -> Diagnostic {
    let what = name(&route);
    let message = match question {
        "" => format!("{what} is still to be decided"),
        _ => format!("{what} is still to be decided: {question}"),
    };
    let place = Place::Value { document, route, part: Part::Value };
    let complaint = Diagnostic::new("E013", Severity::Error, message, Label { place, text: String::new() });
    complaint.help("write the value in place of `TODO`, or remove the field if its default is right")
}

/// The field, or the list that a value is an element of.
fn name(route: &Route) -> String {
    let key = |step: &Step| match step {
        Step::Key(key) => Some(format!("`{}`", key.escape_debug())),
        Step::Index(_) => None,
    };
    let nearest = route.steps().iter().rev().find_map(key);
    match (route.last_key(), nearest) {
        (None, Some(list)) => format!("an element of {list}"),
        (_, field) => field.unwrap_or_else(|| "the document".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_alone_or_before_what_is_to_be_decided() {
        for (text, found) in [
            ("TODO", Some("")),
            ("TODO\n", Some("")),
            ("TODO:", Some("")),
            ("TODO: how much?", Some("how much?")),
            ("TODO  how\n much?\n", Some("how much?")),
            ("TODOS", None),
            ("todo", None),
            ("a TODO", None),
            ("TODO-list", None),
            ("", None),
        ] {
            assert_eq!(question(text).as_deref(), found, "{text:?}");
        }
    }
}
