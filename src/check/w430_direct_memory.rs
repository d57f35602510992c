//! W430: direct buffers that are larger than the direct memory of the JVM.

use std::collections::BTreeSet;

use super::e420_heap::heap_of;
use super::off_heap::{OffHeapSettings, off_heap};
use super::settings::different_racks;
use crate::diagnostic::{Diagnostic, Rule};
use crate::sizing::{Budget, MAX_DIRECT_MEMORY, Memtables, OffHeap};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W430",
    name: "direct-memory",
    summary: "the configuration asks for more direct buffers than the JVM allows",
    explain: "\
`file_cache_size`, `networking_cache_size`, `repair_session_space` and memtables with `offheap_buffers` are direct buffers. The
JVM allows as much direct memory as `-XX:MaxDirectMemorySize` says, by default as much as the heap has. When it is used up,
Cassandra takes buffers from the heap, and stops if it cannot have them for a memtable.

Lower these settings, or write a higher `-XX:MaxDirectMemorySize`; E420 says what the container can hold.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in different_racks(subject) {
        let (Some(heap), Some(found)) = (heap_of(place), off_heap(subject, place)) else { continue };
        let OffHeapSettings { amounts, settings } = found;
        let budget = Budget::of(0, heap, &as_written(amounts));
        let (wanted, allowed) = (budget.direct_buffers(), budget.direct_limit());
        let mut labels = settings.into_iter().filter(|setting| setting.is_direct);
        if wanted <= allowed {
            continue;
        }
        let Some(first) = labels.next() else { continue };
        let message = format!("direct buffers of {wanted}Mi are more than the {allowed}Mi that the JVM allows");
        let labels = labels.map(|setting| subject.value(setting.route, setting.label));
        let complaint = RULE.complain(message, subject.value(first.route, first.label)).labels(labels);
        let complaint = complaint
            .help(format!("lower these settings, or write `{MAX_DIRECT_MEMORY}{wanted}M` in `cassandra.jvm.options`"));
        if seen.insert(format!("{complaint:?}")) {
            complaints.push(complaint);
        }
    }
}

/// What is written, without caches of the default size: they are smaller than they may be, and do without.
fn as_written(amounts: OffHeap) -> OffHeap {
    let is_written = amounts.memtables == Memtables::Direct
        || amounts.file_cache.is_some()
        || amounts.networking_cache.is_some()
        || amounts.merkle_trees > 0;
    let default = if is_written { Some(0) } else { return OffHeap { direct_limit: Some(u64::MAX), ..OffHeap::NONE } };
    let (file_cache, networking_cache) = (amounts.file_cache.or(default), amounts.networking_cache.or(default));
    OffHeap { file_cache, networking_cache, ..amounts }
}
