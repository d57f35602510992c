//! Complaints under the user's own lines, in the form that rustc made familiar (annotate-snippets).

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::parse::{Text, locate};

/// Whether the text carries terminal colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// ANSI escapes.
    Ansi,
    /// None.
    Plain,
}

impl Colors {
    /// What a stream shows: colors on a terminal, unless the user's environment says otherwise (`NO_COLOR`).
    pub fn of(stream: &impl RawStream) -> Self {
        if AutoStream::choice(stream) == ColorChoice::Never { Self::Plain } else { Self::Ansi }
    }
}

/// The complaints, each with its source, an empty line between them.
pub fn human(texts: &[Text], complaints: &[Diagnostic], colors: Colors) -> String {
    let renderer = match colors {
        Colors::Ansi => Renderer::styled(),
        Colors::Plain => Renderer::plain(),
    };
    let render = |complaint| renderer.render(&[group(texts, complaint)]) + "\n";
    complaints.iter().map(render).collect::<Vec<_>>().join("\n")
}

fn group<'a>(texts: &'a [Text], complaint: &'a Diagnostic) -> Group<'a> {
    let level = match complaint.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group =
        level.primary_title(&complaint.message).id(complaint.code).elements(snippets(texts, &complaint.labels));
    if let Some(expected) = &complaint.expected {
        group = group.element(Level::NOTE.message(format!("expected {expected}")));
    }
    if let Some(help) = &complaint.help {
        group = group.element(Level::HELP.message(help));
    }
    group.element(Level::NOTE.with_name("explain").message(format!("cassc explain {}", complaint.code)))
}

/// One snippet per text, in the order of the labels.
fn snippets<'a>(texts: &'a [Text], labels: &'a [Label]) -> Vec<Snippet<'a, Annotation<'a>>> {
    let places: Vec<(&Text, Range<usize>, &Label)> = labels
        .iter()
        .map(|label| {
            let (text, span) = locate(texts, &label.place);
            (text, span, label)
        })
        .collect();
    let mut snippets: Vec<(&str, Snippet<'a, Annotation<'a>>)> = Vec::new();
    for (position, (text, span, label)) in places.into_iter().enumerate() {
        let kind = if position == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(span);
        let annotation = if label.text.is_empty() { annotation } else { annotation.label(&label.text) };
        match snippets.iter().position(|(name, _)| *name == text.name) {
            Some(known) => {
                let (name, snippet) = snippets.remove(known);
                snippets.insert(known, (name, snippet.annotation(annotation)));
            }
            None => {
                let snippet = Snippet::source(&text.text).path(&text.name).fold(true).annotation(annotation);
                snippets.push((&text.name, snippet));
            }
        }
    }
    snippets.into_iter().map(|(_, snippet)| snippet).collect()
}
