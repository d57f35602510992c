//! Complaints under the user's own lines, in the form that rustc made familiar (annotate-snippets).

use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer};
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use super::alike::{self, Parted, parted};
use super::excerpt::{Mark, source};
use super::{MOST_SHOWN, heaviest, left_out, visible};
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
    /// What a stream shows: colors on a terminal, unless the environment overrides it (`NO_COLOR`).
    pub fn of(stream: &impl RawStream) -> Self {
        if AutoStream::choice(stream) == ColorChoice::Never { Self::Plain } else { Self::Ansi }
    }
}

/// The complaints, each with its source, an empty line between them. Of many warnings that are alike the first have it,
/// and the others their places; of very many complaints the first errors are shown, and how many more there are.
pub fn human(texts: &[Text], complaints: &[Diagnostic], colors: Colors) -> String {
    let renderer = match colors {
        Colors::Ansi => Renderer::styled(),
        Colors::Plain => Renderer::plain(),
    };
    let Parted { one_by_one, alike } = parted(complaints);
    let shown = heaviest(one_by_one.iter().copied(), MOST_SHOWN);
    let block = |group| renderer.render(&[group]) + "\n";
    let blocks = shown.iter().map(|complaint| block(group(texts, complaint)));
    if one_by_one.len() > MOST_SHOWN {
        return blocks.chain(left_out(complaints, &shown)).collect::<Vec<_>>().join("\n");
    }
    let alike = alike.iter().map(|alike| block(alike::group(texts, alike)));
    blocks.chain(alike).collect::<Vec<_>>().join("\n")
}

fn group<'a>(texts: &'a [Text], complaint: &'a Diagnostic) -> Group<'a> {
    let level = match complaint.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(visible(&complaint.message)).id(complaint.code);
    let mut group = title.elements(snippets(texts, &complaint.labels));
    if let Some(expected) = &complaint.expected {
        group = group.element(Level::NOTE.message(format!("expected {}", visible(expected))));
    }
    if let Some(help) = &complaint.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    group.element(Level::NOTE.with_name("explain").message(format!("cassc explain {}", complaint.code)))
}

/// What is shown of each text, in the order of the labels.
fn snippets<'a>(texts: &'a [Text], labels: &'a [Label]) -> Vec<Element<'a>> {
    let mut by_text: Vec<(&Text, Vec<Mark<'a>>)> = Vec::new();
    for (position, label) in labels.iter().enumerate() {
        let (text, span) = locate(texts, &label.place);
        let kind = if position == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let mark = Mark { span, kind, words: &label.text };
        match by_text.iter_mut().find(|(known, _)| known.name == text.name) {
            Some((_, marks)) => marks.push(mark),
            None => by_text.push((text, vec![mark])),
        }
    }
    by_text.into_iter().flat_map(|(text, marks)| source(text, &marks)).collect()
}
