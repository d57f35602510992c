//! E428: an initial heap or a young generation that is invalid, or does not fit the heap.

use std::collections::BTreeSet;

use cassc_cassandra::jvm::GarbageCollector;
use cassc_ring::release::Release;

use super::e420_heap::{heap_of, heap_route, no_size};
use super::settings::different_racks;
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::sizing::heap_size;
use crate::subject::Subject;
use crate::topology::merge::{Level, Merged, NestedRack};

pub(super) const RULE: Rule = Rule {
    code: "E428",
    name: "heap-parts",
    summary: "the initial heap or the young generation is invalid, or does not fit the heap",
    explain: "\
The JVM does not start with an initial heap (`-Xms`) that is larger than the heap (`-Xmx`). The young generation (`-Xmn`) is a
part of the heap, and is there before the heap grows.

Only CMS needs the size of the young generation. With G1, `conf/cassandra-env.sh` ends the start when it is given: G1 keeps its
pauses short by resizing it. ZGC and Shenandoah of these JDKs have no generations.

Write sizes below the heap, or remove them: the initial heap is then the heap, and the young generation for CMS is computed.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    complaints.extend(no_sizes(subject));
    let mut seen = BTreeSet::new();
    let found = different_racks(subject).flat_map(|place| faults(subject, place));
    complaints.extend(found.filter(|it| seen.insert(format!("{it:?}"))));
}

fn route(level: Level, field: &str) -> Route {
    level.route().key("cassandra").key("jvm").key(field)
}

fn no_sizes(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let written = subject.jvms().into_iter().flat_map(|(level, jvm)| {
        let fields = [("initialHeap", &jvm.initial_heap), ("youngGeneration", &jvm.young_generation)];
        fields.into_iter().filter_map(move |(field, text)| Some((route(level, field), text.as_deref()?)))
    });
    let fault = |(route, text): (Route, &str)| {
        let error = heap_size(text).err()?;
        Some(no_size(&RULE, text, &error, subject.value(route, "")))
    };
    written.filter_map(fault).collect()
}

/// A size of a rack that is valid by itself.
#[derive(Clone, Copy)]
struct Size<'t> {
    field: &'static str,
    written: Merged<&'t str>,
    mebibytes: u64,
}

impl<'t> Size<'t> {
    fn of(field: &'static str, written: Option<Merged<&'t str>>) -> Option<Self> {
        let written = written?;
        Some(Self { field, written, mebibytes: heap_size(written.value).ok()? })
    }

    fn at(&self, subject: &Subject<'_>, text: &str) -> Label {
        subject.value(route(self.written.level, self.field), text)
    }
}

fn faults(subject: &Subject<'_>, place: &NestedRack<'_>) -> Vec<Diagnostic> {
    let initial = Size::of("initialHeap", place.initial_heap());
    let young = Size::of("youngGeneration", place.young_generation());
    let heap = heap_of(place);
    let of_initial = initial.zip(heap).and_then(|(initial, heap)| initial_too_large(subject, place, initial, heap));
    let of_young = young.and_then(|young| {
        let wrong_collector = wrong_collector(subject, place, young);
        wrong_collector.or_else(|| young_too_large(subject, place, young, initial, heap))
    });
    of_initial.into_iter().chain(of_young).collect()
}

fn initial_too_large(
    subject: &Subject<'_>,
    place: &NestedRack<'_>,
    initial: Size<'_>,
    heap: u64,
) -> Option<Diagnostic> {
    (initial.mebibytes > heap).then(|| {
        let message = format!("the initial heap of {} is larger than the heap of {heap}Mi", initial.written.value);
        let complaint = RULE.complain(message, initial.at(subject, "")).labels(of_heap(subject, place));
        complaint.help("remove `initialHeap`, or raise `heap`")
    })
}

fn of_heap(subject: &Subject<'_>, place: &NestedRack<'_>) -> Option<Label> {
    place.heap().map(|heap| subject.value(heap_route(heap.level), "the heap"))
}

fn wrong_collector(subject: &Subject<'_>, place: &NestedRack<'_>, young: Size<'_>) -> Option<Diagnostic> {
    let written = place.garbage_collector();
    let version = || subject.spec().cassandra.version.parse::<Release>().ok();
    let version = || version().map(|release| GarbageCollector::default_of(release.minor));
    let collector = written.map(|merged| merged.value).or_else(version)?;
    let why = match collector {
        GarbageCollector::Cms => return None,
        GarbageCollector::G1 => "Cassandra's start script refuses it",
        GarbageCollector::Zgc | GarbageCollector::Shenandoah => "there are no generations",
    };
    let message = format!("`youngGeneration` cannot be used with {collector}");
    let at = match written {
        Some(merged) => subject.value(route(merged.level, "gc"), ""),
        None => subject.value(Route::of("spec.cassandra.version"), format!("{collector} is the default")),
    };
    let complaint = RULE.complain(message, young.at(subject, why)).label(at);
    Some(complaint.help("write `youngGeneration` only in datacenters or racks with `gc: CMS`"))
}

fn young_too_large(
    subject: &Subject<'_>,
    place: &NestedRack<'_>,
    young: Size<'_>,
    initial: Option<Size<'_>>,
    heap: Option<u64>,
) -> Option<Diagnostic> {
    let initial = initial.filter(|initial| heap.is_none_or(|heap| initial.mebibytes <= heap));
    let (what, limit, at) = match initial {
        Some(initial) => ("initial heap", initial.mebibytes, Some(initial.at(subject, "the initial heap"))),
        None => ("heap", heap?, of_heap(subject, place)),
    };
    (young.mebibytes >= limit).then(|| {
        let message =
            format!("the young generation of {} is not smaller than the {what} of {limit}Mi", young.written.value);
        let complaint = RULE.complain(message, young.at(subject, "")).labels(at);
        complaint.help("remove `youngGeneration`, or write a quarter of the heap")
    })
}
