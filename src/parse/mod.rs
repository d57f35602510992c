//! Text → [`CassandraTopology`] and the tree with the place of each value. All that is wrong with the text is
//! collected as [`Diagnostic`]s (codes E001 to E013); called by [`crate::compile`] and the command line.

mod builder;
mod cause;
mod doubtful;
pub(crate) mod embedded;
mod limits;
mod lines;
mod look_alike;
mod places;
mod read;
mod read_error;
mod rules;
mod scalar;
pub mod source;
mod trail;
mod tree;
mod undecided;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

use rayon::prelude::*;

pub(crate) use self::cause::with_cause;
pub use self::doubtful::Doubtful;
pub(crate) use self::places::{has_route, locate};
pub use self::rules::RULES;

use cassc_wording::{nearest, shortened};

use self::builder::documents;
use self::cause::merge_conflict;
use self::doubtful::{Doubts, MOST_DOUBTFUL, read_collecting};
use self::limits::Limits;
use self::lines::Lines;
use self::read_error::ReadError;
use self::source::{LARGEST_SOURCE, Origin, Source};
use self::trail::Trail;
use self::tree::{Content, Node, TreeError};
use self::undecided::undecided;
use crate::diagnostic::{Diagnostic, DocumentId, Label, MOST_ERRORS, Part, Place, Route, Severity};
use crate::topology::{API_VERSION, CassandraTopology, KIND};
use crate::yaml;

/// A text that was read, with the trees of its documents.
#[derive(Debug)]
pub struct Text {
    /// The path as the user gave it.
    pub name: String,
    /// Where it comes from, if that is not the work tree.
    pub committed: Option<Committed>,
    /// The text; empty when it was no UTF-8.
    pub text: String,
    /// The trees of its documents, made again when they are asked for: those of a fleet without errors are not kept.
    roots: OnceLock<Vec<Node>>,
    limits: Limits,
    lines: OnceLock<Lines>,
}

/// A file as it was in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The commit, short.
    pub commit: String,
    /// The absolute path that the file has or had in the work tree.
    pub path: PathBuf,
}

/// A topology as the user wrote it, and where.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Its document.
    pub document: DocumentId,
    /// Its content.
    pub topology: CassandraTopology,
}

/// Everything that came out of reading.
#[derive(Debug, Default)]
pub struct Reading {
    /// The texts, in the order of the sources.
    pub texts: Vec<Text>,
    /// The topologies that could be read, in that order.
    pub parsed: Vec<Parsed>,
    /// The topologies of which some values could not be read, in that order.
    pub doubtful: Vec<Doubtful>,
    /// What is wrong with the texts.
    pub complaints: Vec<Diagnostic>,
}

/// Reads every source. Found files that hold no topology are passed over; a source that the user named must hold one.
pub fn parse(sources: Vec<Source>) -> Reading {
    let readings: Vec<(Text, Vec<Read>, Vec<Diagnostic>)> =
        sources.into_par_iter().enumerate().map(|(index, source)| parse_source(index, source)).collect();
    let mut reading = Reading::default();
    for (text, documents, complaints) in readings {
        reading.texts.push(text);
        reading.complaints.extend(complaints);
        for document in documents {
            match document {
                Read::Whole(parsed) => reading.parsed.push(*parsed),
                Read::InPart(doubtful) => reading.doubtful.push(doubtful),
            }
        }
    }
    reading
}

/// A document of ours.
enum Read {
    Whole(Box<Parsed>),
    InPart(Doubtful),
}

fn parse_source(index: usize, source: Source) -> (Text, Vec<Read>, Vec<Diagnostic>) {
    let named = source.origin == Origin::Named;
    let text = match decode(index, &source) {
        Ok(text) => text,
        Err(complaint) => {
            let empty = Text::of(source.name, None, String::new(), Limits::TOPOLOGY);
            let is_told = named || names_our_kind(&source.bytes);
            return (empty, Vec::new(), if is_told { vec![complaint] } else { Vec::new() });
        }
    };
    let (mut roots, errors) = documents(&text, Limits::TOPOLOGY);
    let text = Text::of(source.name, None, text, Limits::TOPOLOGY);
    if !named && !text.text.contains("cassc/") && !roots.iter().any(is_ours) {
        text.roots.get_or_init(Vec::new);
        return (text, Vec::new(), Vec::new());
    }
    if let Some(conflict) = merge_conflict(&text.text) {
        return (text, Vec::new(), vec![of_tree(index, conflict)]);
    }
    if errors.iter().any(|error| error.code == "E002") {
        roots.pop(); // What the parser did not read to its end lacks fields that may stand below.
    }
    let mut complaints: Vec<Diagnostic> = errors.into_iter().map(|error| of_tree(index, error)).collect();
    let broken = !complaints.is_empty();
    let mut parsed = Vec::new();
    for (number, root) in roots.iter().enumerate() {
        let document = DocumentId { text: index, number };
        if !named && !is_ours(root) {
            continue;
        }
        if complaints.len() >= MOST_ERRORS {
            complaints.push(enough(document));
            break;
        }
        let n_doubtful = parsed.iter().filter(|read| matches!(read, Read::InPart(_))).count();
        let (read, errors) = parse_document(document, root, n_doubtful < MOST_DOUBTFUL && !broken);
        complaints.extend(errors);
        parsed.extend(read.filter(|_| !broken));
    }
    if roots.is_empty() && complaints.is_empty() && named {
        complaints.push(nothing_here(index));
    }
    if !complaints.is_empty() {
        text.roots.get_or_init(|| roots);
    }
    (text, parsed, complaints)
}

/// Bytes → text: UTF-8 without a byte order mark, not too large, and free of characters that YAML readers change.
fn decode(index: usize, source: &Source) -> Result<String, Diagnostic> {
    let complain =
        |code, message: String| Diagnostic::new(code, Severity::Error, message, bytes_label(index, 0..0, ""));
    if source.bytes.len() as u64 > LARGEST_SOURCE {
        let message = format!("{} is larger than {} MiB", source.name, LARGEST_SOURCE / 1024 / 1024);
        return Err(complain("E005", message).help("split the fleet into several files"));
    }
    match std::str::from_utf8(&source.bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(error) => {
            let line = 1 + source.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            let message = format!("{} is not valid UTF-8: the first invalid byte is on line {line}", source.name);
            Err(complain("E001", message).help("save the file as UTF-8"))
        }
    }
}

/// Whether bytes that are no text of ours name the kind of a topology. Passing over them would end a cluster without a
/// word.
fn names_our_kind(bytes: &[u8]) -> bool {
    bytes.windows(KIND.len()).any(|window| window == KIND.as_bytes())
}

fn is_ours(root: &Node) -> bool {
    let text = |key| root.get(key).and_then(Node::text).unwrap_or_default();
    text("apiVersion").starts_with("cassc/") || text("kind") == KIND
}

/// Says that what follows was not looked at.
pub(crate) fn enough(document: DocumentId) -> Diagnostic {
    let label = value_label(document, Route::root(), "");
    let message = "there are too many errors before this document";
    Diagnostic::new("E005", Severity::Error, message, label).help("repair the first ones, then run cassc again")
}

fn nothing_here(text: usize) -> Diagnostic {
    let label = bytes_label(text, 0..0, "");
    Diagnostic::new("E006", Severity::Error, "the file contains no YAML document", label)
        .expected(format!("a document with `apiVersion: {API_VERSION}` and `kind: {KIND}`"))
        .help("run `cassc init` to create a commented topology")
}

fn parse_document(document: DocumentId, root: &Node, goes_on: bool) -> (Option<Read>, Vec<Diagnostic>) {
    let foreign = not_a_topology(document, root);
    if let Some(complaint) = foreign {
        return (None, vec![complaint]);
    }
    let unsafe_texts = unsafe_texts(document, root);
    let places = unsafe_texts.iter().filter_map(|complaint| match &complaint.labels.first()?.place {
        Place::Value { route, .. } => Some(route.clone()),
        Place::Bytes { .. } => None,
    });
    let (undecided, open): (Vec<Route>, Vec<Diagnostic>) = undecided(document, root).into_iter().unzip();
    let outcome = read_collecting(document, root, Doubts { places: places.collect(), undecided }, goes_on);
    let read_errors = outcome.errors.into_iter().map(|error| of_value(document, error));
    (outcome.read, unsafe_texts.into_iter().chain(open).chain(read_errors).collect())
}

/// `apiVersion` and `kind` are looked at first: all other complaints would be about another language.
fn not_a_topology(document: DocumentId, root: &Node) -> Option<Diagnostic> {
    let Content::Map(_) = root.content else {
        let label = value_label(document, Route::root(), "");
        let complaint = Diagnostic::new("E007", Severity::Error, "the document is not a map", label);
        return Some(complaint.expected(format!("`apiVersion: {API_VERSION}`, `kind: {KIND}`, `metadata` and `spec`")));
    };
    for (field, wanted) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        let found = root.get(field).and_then(Node::text);
        if found == Some(wanted) {
            continue;
        }
        let message = match found {
            None => format!("the required field `{field}` is missing"),
            Some(found) => format!("unsupported `{field}`: `{found}`"),
        };
        let label = value_label(document, Route::of(field), "");
        let complaint =
            Diagnostic::new("E007", Severity::Error, message, label).expected(format!("`{field}: {wanted}`"));
        return Some(match found.and_then(|found| nearest(found, [wanted])) {
            Some(known) => complaint.help(format!("did you mean `{known}`?")),
            None => complaint,
        });
    }
    None
}

/// What the writer cannot write so that every reader reads the same.
fn unsafe_texts(document: DocumentId, root: &Node) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    visit_texts(root, Trail::Root, &mut |trail, part, text| {
        let (message, help) = match yaml::unsafe_character(text) {
            Some((_, character)) => (
                format!("the character U+{:04X} is not portable between YAML parsers", u32::from(character)),
                "remove the character; it often comes from copy and paste and is invisible",
            ),
            None if part == Part::Key && text == "<<" => {
                ("the key `<<` is not portable between YAML parsers, even in quotes".to_owned(), "use a different key")
            }
            None if part == Part::Key && yaml::unsafe_key(text).is_some() => (
                format!("the key takes more than {} bytes when it is rendered", yaml::LONGEST_KEY),
                "use a shorter key",
            ),
            None => return,
        };
        let place = Place::Value { document, route: trail.route(), part };
        let complaint = Diagnostic::new("E012", Severity::Error, message, Label { place, text: String::new() });
        complaints.push(complaint.help(help));
    });
    complaints
}

fn visit_texts(node: &Node, trail: Trail<'_>, visit: &mut impl FnMut(Trail<'_>, Part, &str)) {
    match &node.content {
        Content::StandIn(_) => {}
        Content::Scalar(scalar) => visit(trail, Part::Value, &scalar.text),
        Content::List(items) => {
            for (index, item) in items.iter().enumerate() {
                visit_texts(item, Trail::Index(&trail, index), visit);
            }
        }
        Content::Map(entries) => {
            for entry in entries {
                let trail = Trail::Key(&trail, &entry.key);
                visit(trail, Part::Key, &entry.key);
                visit_texts(&entry.value, trail, visit);
            }
        }
    }
}

fn of_tree(text: usize, error: TreeError) -> Diagnostic {
    let label = bytes_label(text, error.span, "");
    let mut complaint = Diagnostic::new(error.code, Severity::Error, error.message, label);
    complaint.help = error.help.map(shortened);
    match error.other {
        Some((span, words)) => complaint.label(bytes_label(text, span, words)),
        None => complaint,
    }
}

fn of_value(document: DocumentId, error: ReadError) -> Diagnostic {
    let route = error.route.unwrap_or_default();
    let part = if error.code == "E008" { Part::Key } else { Part::Value };
    let place = Place::Value { document, route, part };
    let label = Label { place, text: String::new() };
    let mut complaint = Diagnostic::new(error.code, Severity::Error, error.message, label);
    complaint.expected = error.expected.map(shortened);
    complaint.help = error.help.map(shortened);
    complaint
}

fn bytes_label(text: usize, span: Range<usize>, words: &str) -> Label {
    Label { place: Place::Bytes { text, span }, text: words.to_owned() }
}

fn value_label(document: DocumentId, route: Route, words: &str) -> Label {
    Label { place: Place::Value { document, route, part: Part::Value }, text: words.to_owned() }
}

impl Text {
    /// A text that is no topology of this compilation: a lock, or what a topology said earlier. JSON is YAML, so that
    /// places in a lock are found in the same way.
    pub fn other(name: String, committed: Option<Committed>, text: String) -> Self {
        Self::of(name, committed, text, Limits::NONE)
    }

    fn of(name: String, committed: Option<Committed>, text: String, limits: Limits) -> Self {
        Self { name, committed, text, roots: OnceLock::new(), limits, lines: OnceLock::new() }
    }

    fn roots(&self) -> &[Node] {
        self.roots.get_or_init(|| documents(&self.text, self.limits).0)
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub(crate) fn line_and_column(&self, byte: usize) -> (usize, usize) {
        self.lines().line_and_column(&self.text, byte)
    }

    /// The bytes of the line that a byte stands in, without what ends it.
    pub(crate) fn line_around(&self, byte: usize) -> Range<usize> {
        self.lines().line_around(&self.text, byte)
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// What its documents call their clusters, be they right or wrong otherwise.
    pub(crate) fn cluster_names(&self) -> impl Iterator<Item = &str> {
        self.roots().iter().filter_map(name_of)
    }
}

/// The name of a document's cluster, as far as it can be read.
pub(crate) fn cluster_name(texts: &[Text], document: DocumentId) -> Option<&str> {
    name_of(texts.get(document.text)?.roots().get(document.number)?)
}

fn name_of(root: &Node) -> Option<&str> {
    root.get("metadata")?.get("name")?.text()
}
