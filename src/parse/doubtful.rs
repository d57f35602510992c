//! Reading goes on where a value is wrong or missing: a stand-in takes its place, so that the rest can be read and checked,
//! and everything is reported in one go. A topology with stand-ins is [`Doubtful`], which only [`crate::check`] takes: it is
//! read with several stand-ins, and what is complained about whatever stands there is true of what the user wrote.

use std::collections::BTreeSet;

use super::read::read;
use super::read_error::ReadError;
use super::tree::{Content, Entry, Node};
use super::{Parsed, Read};
use crate::diagnostic::{DocumentId, Route, Step};
use crate::topology::CassandraTopology;

/// How many complaints about values are collected in one document before the reader gives up.
const MOST_ERRORS: usize = 50;
/// The largest document that is checked with stand-ins, in bytes: it is read and checked as often as there are stand-ins.
const LARGEST: usize = 32 * 1024;
/// So many documents of a text are checked with stand-ins; more are looked at when these are repaired.
pub(super) const MOST_DOUBTFUL: usize = 10;

/// What stands in for a value, by the type that is asked for. Together they make rules take every branch: a version of
/// each minor, small and large amounts, text that is neither, nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StandIn(usize);

impl StandIn {
    const TEXTS: [&str; 14] = [
        "x",
        "x",
        "3.11.17",
        "4.0.12",
        "4.1.9",
        "5.0.4",
        "1Gi",
        "100Ti",
        "2",
        "a b",
        "256Mi",
        "example.com/x:1",
        "Always",
        "NoExecute",
    ];
    const NUMBERS: [u64; 14] = [0, 1, 2, 3, 4, 5, 30_042, 65_535, 100, 6, 7, 8, 9, 10];

    fn all() -> impl Iterator<Item = Self> {
        (0..Self::TEXTS.len()).map(Self)
    }

    /// Whether a value that may be absent is.
    pub(super) fn is_absent(self) -> bool {
        self.0 == 0
    }

    pub(super) fn text(self) -> &'static str {
        Self::TEXTS[self.0]
    }

    pub(super) fn number(self) -> u64 {
        Self::NUMBERS[self.0]
    }

    pub(super) fn truth(self) -> bool {
        self.0.is_multiple_of(2)
    }

    pub(super) fn one_of<'w>(self, words: &[&'w str]) -> Option<&'w str> {
        words.get(self.0 % words.len().max(1)).copied()
    }

    /// The elements of a list: none, or one.
    pub(super) fn elements(self) -> usize {
        self.0 % 2
    }

    /// The keys of a map with keys of the user's choice: none, or those that amounts have.
    pub(super) fn keys(self) -> &'static [&'static str] {
        if self.0 < 6 { &[] } else { &["cpu", "memory"] }
    }
}

/// A topology of which some values could not be read. It cannot be resolved, and nothing is rendered of it.
#[derive(Clone, Debug)]
pub struct Doubtful {
    /// The same document, read with each of the stand-ins.
    pub(crate) readings: Vec<Parsed>,
    /// Where the stand-ins are.
    pub(crate) places: BTreeSet<Route>,
}

impl Doubtful {
    /// Whether what stands at a route is a stand-in, or part of one.
    pub(crate) fn is_doubtful(&self, route: &Route) -> bool {
        let ways = std::iter::successors(Some(route.clone()), Route::parent);
        ways.into_iter().any(|way| self.places.contains(&way))
    }

    /// Whether a route is doubtful, or anything below it.
    pub(crate) fn touches_below(&self, route: &Route) -> bool {
        self.is_doubtful(route) || self.places.iter().any(|place| place.steps().starts_with(route.steps()))
    }
}

/// What came out of a document.
pub(super) struct Outcome {
    pub(super) read: Option<Read>,
    pub(super) errors: Vec<ReadError>,
}

/// What was complained about before a topology is read.
pub(super) struct Doubts {
    /// Places of values that can be read all the same.
    pub(super) places: BTreeSet<Route>,
    /// Places of values that are not decided: whatever type is asked for there, they are not of it.
    pub(super) undecided: Vec<Route>,
}

impl Doubts {
    fn is_empty(&self) -> bool {
        self.places.is_empty() && self.undecided.is_empty()
    }
}

/// Reads a topology. Each value that is wrong or missing is reported and gets a stand-in, and reading starts again. The rest
/// is checked if `goes_on`.
pub(super) fn read_collecting(document: DocumentId, root: &Node, doubts: Doubts, goes_on: bool) -> Outcome {
    if doubts.is_empty()
        && let (Ok(topology), notes) = read::<CassandraTopology>(root)
        && notes.is_empty()
    {
        let read = Some(Read::Whole(Box::new(Parsed { document, topology })));
        return Outcome { read, errors: Vec::new() };
    }
    let mut collecting = Collecting::of(root, doubts);
    let is_read = collecting.run();
    let is_small = root.span.len() <= LARGEST;
    let read = (is_read && is_small && goes_on).then(|| collecting.doubtful(document)).flatten();
    Outcome { read: read.map(Read::InPart), errors: collecting.errors }
}

struct Collecting {
    root: Node,
    places: BTreeSet<Route>,
    errors: Vec<ReadError>,
}

impl Collecting {
    /// Of a document, with stand-ins for what is not decided.
    fn of(root: &Node, Doubts { mut places, undecided }: Doubts) -> Self {
        let mut root = root.clone();
        for place in &undecided {
            put(&mut root, place, StandIn(0));
        }
        places.extend(undecided);
        Self { root, places, errors: Vec::new() }
    }

    /// Whether the document can be read in the end.
    fn run(&mut self) -> bool {
        let mut seen: BTreeSet<(Route, &str)> = BTreeSet::new();
        loop {
            let (outcome, notes) = read::<CassandraTopology>(&self.root);
            for note in notes {
                if note.route.clone().is_some_and(|route| seen.insert((route, note.code))) {
                    self.places.extend(note.route.clone());
                    self.places.extend(meant(&note));
                    self.errors.push(note);
                }
            }
            let Err(error) = outcome else { return true };
            let route = error.route.clone().unwrap_or_default();
            let place = error.missing.map_or_else(|| route.clone(), |field| route.key(field));
            if !is_slip(&error, &route, &self.errors) {
                self.errors.push(error);
            }
            if self.errors.len() >= MOST_ERRORS || !put(&mut self.root, &place, StandIn(0)) {
                return false;
            }
            self.places.insert(place);
        }
    }

    /// The document with each stand-in.
    fn doubtful(&self, document: DocumentId) -> Option<Doubtful> {
        let reading = |stand_in| {
            let mut root = self.root.clone();
            for place in &self.places {
                put(&mut root, place, stand_in);
            }
            let topology = read::<CassandraTopology>(&root).0.ok()?;
            Some(Parsed { document, topology })
        };
        let readings: Vec<Parsed> = StandIn::all().filter_map(reading).collect();
        (!readings.is_empty()).then(|| Doubtful { readings, places: self.places.clone() })
    }
}

/// The field that an unknown one was probably meant to be.
fn meant(error: &ReadError) -> Option<Route> {
    Some(error.route.as_ref()?.parent()?.key(error.meant?))
}

/// Whether a field is missing only because it stands there under a name that is a slip.
fn is_slip(error: &ReadError, route: &Route, found: &[ReadError]) -> bool {
    let Some(field) = error.missing else { return false };
    found.iter().any(|note| note.meant == Some(field) && meant(note) == Some(route.key(field)))
}

/// Puts a stand-in at a route; `false` for the root, for a route that leads nowhere, and where the same one stands already.
fn put(root: &mut Node, route: &Route, stand_in: StandIn) -> bool {
    let Some((last, way)) = route.steps().split_last() else { return false };
    let Some(parent) = way.iter().try_fold(root, descend) else { return false };
    if descend(parent, last).is_none() {
        let (Content::Map(entries), Step::Key(key)) = (&mut parent.content, last) else { return false };
        let place = parent.span.start..parent.span.start;
        let value = Node { span: place.clone(), content: Content::StandIn(stand_in) };
        entries.push(Entry { key: key.clone(), key_span: place, value });
        return true;
    }
    let Some(node) = descend(parent, last) else { return false };
    let is_news = !matches!(node.content, Content::StandIn(known) if known == stand_in);
    node.content = Content::StandIn(stand_in);
    is_news
}

fn descend<'n>(node: &'n mut Node, step: &Step) -> Option<&'n mut Node> {
    match (&mut node.content, step) {
        (Content::Map(entries), Step::Key(key)) => {
            entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.value)
        }
        (Content::List(items), Step::Index(index)) => items.get_mut(*index),
        _ => None,
    }
}
