//! E420: a heap that is no size, that the container has no room for, or that is too small to start with.

use std::collections::BTreeSet;

use super::quantities::amount;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::sizing::{HeapSetting, HeapSettingError, auto_heap, largest_heap, mebibytes};
use crate::subject::Subject;
use crate::topology::merge::{Level, RackPlace};

pub(super) const RULE: Rule = Rule {
    code: "E420",
    name: "heap",
    summary: "the heap is no size, does not fit into the memory of the container, or is too small",
    explain: "\
The memory of the container has to hold the heap and all that a JVM takes beside it: the collector's tables,
buffers, caches, threads, and the Management API. When it does not, the kernel kills Cassandra, under load, again
and again. Below 256 MiB Cassandra does not get through its start.

Leave `heap` at `auto`, lower it, or raise the memory limit. `8G` and `8Gi` are the same here, as for `-Xmx`.",
};

/// The smallest heap that Cassandra starts with, in mebibytes.
const SMALLEST: u64 = 256;

/// The memory that the heap of a rack has to fit into.
pub(super) struct Memory<'t> {
    /// As written.
    text: &'t str,
    /// In mebibytes.
    pub(super) mebibytes: u64,
    /// Where it was written.
    level: Level,
    /// `limits`, or `requests` where there is no limit.
    side: &'static str,
}

impl Memory<'_> {
    fn route(&self) -> Route {
        self.level.route().key("resources").key(self.side).key("memory")
    }
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    complaints.extend(no_sizes(subject));
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let Some(memory) = memory(place) else { continue };
        let heap = place.heap();
        let setting = heap.map_or(Ok(HeapSetting::Auto), |heap| heap.value.parse());
        let complaint = match (setting, heap) {
            (Ok(HeapSetting::Exactly(size)), Some(heap)) => written(subject, heap.value, size, heap.level, &memory),
            (Ok(_), _) => too_little_memory(subject, &memory),
            (Err(_), _) => None,
        };
        if seen.insert((heap.map(|heap| heap.level), memory.level)) {
            complaints.extend(complaint);
        }
    }
}

/// The memory of a rack, where it is written and is an amount.
pub(super) fn memory<'t>(place: &RackPlace<'t>) -> Option<Memory<'t>> {
    let (merged, side) = match (place.limit("memory"), place.request("memory")) {
        (Some(limit), _) => (limit, "limits"),
        (None, request) => (request?, "requests"),
    };
    let bytes = amount("memory", merged.value).ok().filter(|bytes| *bytes > 0)?;
    Some(Memory { text: merged.value, mebibytes: mebibytes(bytes), level: merged.level, side })
}

fn no_sizes(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let written = subject.jvms().into_iter().filter_map(|(level, jvm)| Some((level, jvm.heap.as_deref()?)));
    let complaint = |(level, text): (Level, &str)| {
        let message = match text.parse::<HeapSetting>().err()? {
            HeapSettingError::NotAHeapSize(_) if text.is_empty() => "the heap is empty".to_owned(),
            HeapSettingError::NotAHeapSize(_) => format!("`{}` is not the size of a heap", text.escape_debug()),
            HeapSettingError::NotWholeMebibytes(_) => format!("`{text}` is not a whole number of mebibytes"),
        };
        let complaint = RULE.complain(message, subject.value(heap_route(level), ""));
        let complaint = complaint.expected("auto, or a size such as 8Gi, 8G or 8192M, all binary");
        let near = text.trim().to_lowercase();
        let near = near.strip_suffix('b').unwrap_or(&near).replace(' ', "").replace('g', "G").replace('m', "M");
        let is_repair = near.parse::<HeapSetting>().is_ok();
        Some(if is_repair { complaint.help(format!("did you mean `{near}`?")) } else { complaint })
    };
    written.filter_map(complaint).collect()
}

pub(super) fn heap_route(level: Level) -> Route {
    level.route().key("cassandra").key("jvm").key("heap")
}

fn written(subject: &Subject<'_>, text: &str, size: u64, level: Level, memory: &Memory<'_>) -> Option<Diagnostic> {
    let largest = largest_heap(memory.mebibytes);
    if size < SMALLEST {
        let complaint = RULE
            .complain(format!("Cassandra does not start with a heap of {text}"), subject.value(heap_route(level), ""));
        return Some(complaint.expected(format!("{SMALLEST}Mi or more")));
    }
    if size <= largest {
        return None;
    }
    let message = format!("a heap of {text} does not fit into {} of memory", memory.text);
    let complaint = RULE
        .complain(message, subject.value(heap_route(level), "the JVM takes more than its heap"))
        .label(subject.value(memory.route(), "has to hold all of it"));
    Some(if largest < SMALLEST {
        complaint.help("raise the memory limit")
    } else {
        complaint.help(format!("write at most `{largest}Mi`, or raise the memory limit"))
    })
}

fn too_little_memory(subject: &Subject<'_>, memory: &Memory<'_>) -> Option<Diagnostic> {
    (auto_heap(memory.mebibytes) < SMALLEST).then(|| {
        let message = format!("{} of memory are not enough for Cassandra", memory.text);
        let label = "leaves no room for a heap beside what the JVM takes";
        RULE.complain(message, subject.value(memory.route(), label)).expected("1Gi or more, 8Gi or more for real work")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gibibyte_is_enough_for_the_smallest_heap() {
        assert!(auto_heap(1024) >= SMALLEST);
    }
}
