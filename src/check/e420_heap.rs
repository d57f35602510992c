//! E420: a heap size that is invalid, too large for the container, or too small.

use std::collections::BTreeSet;

use super::off_heap::{OffHeapSettings, management_heap, off_heap};
use super::settings::different_racks;
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::kubernetes::resource::amount;
use crate::sizing::{
    Budget, DEFAULT_MANAGEMENT_HEAP, HeapSetting, HeapSettingError, OffHeap, SMALLEST_HEAP, auto_heap, heap_by_request,
    heap_size, largest_heap_beside, mebibytes,
};
use crate::subject::Subject;
use crate::topology::merge::{Level, Merged, NestedRack};

pub(super) const RULE: Rule = Rule {
    code: "E420",
    name: "heap",
    summary: "the heap size is invalid, too large for the memory of the container, or too small",
    explain: "\
The memory limit of the container must hold the heap and everything else that the processes in it use: tables of the garbage
collector, buffers, threads, and the Management API. Memory outside the heap that the configuration names counts too: memtables
(`memtable_allocation_type: offheap_…`, by default a quarter of the heap), `file_cache_size`, `networking_cache_size`,
`row_cache_size`, `index_summary_capacity`, `repair_session_space`, all direct memory that `-XX:MaxDirectMemorySize` allows, and
`managementApi.heap`. If the limit is too small, the kernel kills Cassandra under load. With less than 256 MiB of heap Cassandra does not
start. A request is no limit: where there is no limit, W207 and W431 warn.

Use `heap: auto`, lower the heap or the other settings, or raise the memory limit. `8G` and `8Gi` mean the same here, as for
`-Xmx`.",
};

/// The memory of the container of a rack.
pub(super) struct Memory<'t> {
    /// As written.
    text: &'t str,
    /// In mebibytes.
    pub(super) mebibytes: u64,
    /// Where it was written.
    level: Level,
    /// `limits`, or `requests` if there is no limit.
    side: &'static str,
}

impl Memory<'_> {
    /// Whether the kernel holds the container to it.
    fn is_limit(&self) -> bool {
        self.side == "limits"
    }

    /// The heap for `auto`.
    fn auto_heap(&self) -> u64 {
        if self.is_limit() { auto_heap(self.mebibytes) } else { heap_by_request(self.mebibytes) }
    }

    fn route(&self) -> Route {
        self.level.route().key("resources").key(self.side).key("memory")
    }
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    complaints.extend(no_sizes(subject));
    let mut seen = BTreeSet::new();
    for place in different_racks(subject) {
        let Some(memory) = memory(place) else { continue };
        let heap = place.heap();
        let setting = heap.map_or(Ok(HeapSetting::Auto), |heap| heap.value.parse());
        let complaint = match (setting, heap) {
            (Ok(HeapSetting::Exactly(size)), Some(heap)) if size < SMALLEST_HEAP => {
                Some(too_small(subject, heap.value, heap.level))
            }
            (Ok(HeapSetting::Exactly(size)), Some(heap)) => {
                let plain = too_large(subject, place, heap, size, &memory);
                plain.or_else(|| off_heap_too_large(subject, place, size, &memory))
            }
            (Ok(_), _) => too_little_memory(subject, &memory)
                .or_else(|| off_heap_too_large(subject, place, memory.auto_heap(), &memory)),
            (Err(_), _) => None,
        };
        if let Some(complaint) = complaint.filter(|it| seen.insert(format!("{it:?}"))) {
            complaints.push(complaint);
        }
    }
}

/// The memory of a rack, if it is written and valid.
pub(super) fn memory<'t>(place: &NestedRack<'t>) -> Option<Memory<'t>> {
    let (merged, side) = match (place.limit("memory"), place.request("memory")) {
        (Some(limit), _) => (limit, "limits"),
        (None, request) => (request?, "requests"),
    };
    let bytes = amount("memory", merged.value).ok().filter(|bytes| *bytes > 0)?;
    Some(Memory { text: merged.value, mebibytes: mebibytes(bytes), level: merged.level, side })
}

/// The heap of a rack in mebibytes, if heap and memory are written and valid.
pub(super) fn heap_of(place: &NestedRack<'_>) -> Option<u64> {
    match place.heap().map_or(Ok(HeapSetting::Auto), |heap| heap.value.parse()).ok()? {
        HeapSetting::Exactly(heap) => Some(heap),
        HeapSetting::Auto => Some(memory(place)?.auto_heap()),
    }
}

fn no_sizes(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let written = subject.jvms().into_iter().filter_map(|(level, jvm)| Some((level, jvm.heap.as_deref()?)));
    let complaint = |(level, text): (Level, &str)| {
        let error = text.parse::<HeapSetting>().err()?;
        let at = subject.value(heap_route(level), "");
        Some(no_size(&RULE, text, &error, at).expected("auto, or a binary size such as 8Gi, 8G or 8192M"))
    };
    written.filter_map(complaint).collect()
}

/// The complaint of a rule about a text that is no size for a JVM.
pub(super) fn no_size(rule: &Rule, text: &str, error: &HeapSettingError, at: Label) -> Diagnostic {
    let message = match error {
        HeapSettingError::NotAHeapSize(_) if text.is_empty() => "the heap size is empty".to_owned(),
        HeapSettingError::NotAHeapSize(_) => format!("`{}` is not a valid heap size", text.escape_debug()),
        HeapSettingError::NotWholeMebibytes(_) => format!("`{text}` is not a whole number of mebibytes"),
    };
    let complaint = rule.complain(message, at).expected("a binary size such as 8Gi, 8G or 8192M");
    let near = text.trim().to_lowercase();
    let near = near.strip_suffix('b').unwrap_or(&near).replace(' ', "").replace('g', "G").replace('m', "M");
    let is_repair = heap_size(&near).is_ok();
    if is_repair { complaint.help(format!("did you mean `{near}`?")) } else { complaint }
}

pub(super) fn heap_route(level: Level) -> Route {
    level.route().key("cassandra").key("jvm").key("heap")
}

fn too_small(subject: &Subject<'_>, text: &str, level: Level) -> Diagnostic {
    let message = format!("Cassandra does not start with a heap of {text}");
    RULE.complain(message, subject.value(heap_route(level), "")).expected(format!("{SMALLEST_HEAP}Mi or more"))
}

/// A heap that does not fit, whatever else is written. Without a limit the kernel does not stop the container.
fn too_large(
    subject: &Subject<'_>,
    place: &NestedRack<'_>,
    heap: Merged<&str>,
    size: u64,
    memory: &Memory<'_>,
) -> Option<Diagnostic> {
    let smallest_api = management_heap(place).map(|written| written.min(DEFAULT_MANAGEMENT_HEAP));
    let largest = largest_heap_beside(memory.mebibytes, &OffHeap { management_heap: smallest_api, ..OffHeap::NONE });
    if size <= largest || !memory.is_limit() {
        return None;
    }
    let message = format!("the heap of {} is too large for {} of memory", heap.value, memory.text);
    let complaint = RULE
        .complain(message, subject.value(heap_route(heap.level), "the JVM needs more than this"))
        .label(subject.value(memory.route(), "memory of the container"));
    Some(if largest < SMALLEST_HEAP {
        complaint.help("raise the memory limit")
    } else {
        complaint.help(format!("write at most `{largest}Mi`, or raise the memory limit"))
    })
}

/// Memory outside the heap that is written and does not fit beside it.
fn off_heap_too_large(
    subject: &Subject<'_>,
    place: &NestedRack<'_>,
    heap: u64,
    memory: &Memory<'_>,
) -> Option<Diagnostic> {
    let OffHeapSettings { amounts, settings } = off_heap(subject, place)?;
    let budget = Budget::of(memory.mebibytes, heap, &amounts);
    if amounts == OffHeap::NONE || budget.fits() || !memory.is_limit() {
        return None;
    }
    let (needed, largest) = (budget.used(), largest_heap_beside(memory.mebibytes, &amounts));
    let message = format!("Cassandra needs {needed}Mi of memory, but the container has {}", memory.text);
    let mut labels = settings.into_iter().map(|setting| subject.value(setting.route, setting.label));
    let mut complaint = RULE.complain(message, labels.next()?).labels(labels);
    let written = place.heap().map(|heap| subject.value(heap_route(heap.level), "the heap"));
    complaint = complaint.labels(written).label(subject.value(memory.route(), format!("needed: {}", budget.sum())));
    let lower = if largest < SMALLEST_HEAP {
        "lower these settings".to_owned()
    } else {
        format!("lower these settings, or write a heap of at most `{largest}Mi`")
    };
    Some(complaint.help(format!("{lower}, or raise the memory limit to at least `{needed}Mi`")))
}

fn too_little_memory(subject: &Subject<'_>, memory: &Memory<'_>) -> Option<Diagnostic> {
    (memory.auto_heap() < SMALLEST_HEAP).then(|| {
        let message = format!("{} of memory is too little for Cassandra", memory.text);
        let label = "too small for a heap";
        RULE.complain(message, subject.value(memory.route(), label)).expected("1Gi or more, 8Gi or more in production")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gibibyte_is_enough_for_the_smallest_heap() {
        assert!(auto_heap(1024) >= SMALLEST_HEAP);
    }
}
