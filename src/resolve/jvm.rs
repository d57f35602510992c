//! The Java virtual machine of a rack: heap, young generation and collector. Called by [`super::resolve`].

use cassc_cassandra::jvm::GarbageCollector;
use cassc_ring::release::Release;

use super::amount;
use crate::cluster::Jvm;
use crate::sizing::{self, Budget, HeapSetting, OffHeap};
use crate::topology::merge::{Merged, NestedRack};

/// The heap is sized on what the container may use: its memory limit, or what it requests where it has no limit.
pub(super) fn jvm(place: &NestedRack<'_>, version: Release) -> Jvm {
    let memory = place.limit("memory").or_else(|| place.request("memory"));
    let memory = memory.expect("E208 refused racks without memory").value;
    let limit = sizing::mebibytes(amount(memory).bytes().expect("E201 refused fractions of bytes"));
    let written = place.heap().map_or(Ok(HeapSetting::Auto), |merged| merged.value.parse());
    let (heap, how) = match written.expect("E420 refused what is no heap size") {
        HeapSetting::Auto if place.limit("memory").is_none() => (sizing::heap_by_request(limit), "auto"),
        HeapSetting::Auto => (sizing::auto_heap(limit), "auto"),
        HeapSetting::Exactly(heap) => (heap, "as written"),
    };
    let collector =
        place.garbage_collector().map_or_else(|| GarbageCollector::default_of(version.minor), |merged| merged.value);
    let young = collector.needs_young_generation().then(|| sizing::young_generation(heap, processor_millis(place)));
    let beside = OffHeap { management_heap: place.management_heap().map(exactly), ..OffHeap::NONE };
    Jvm {
        heap_mebibytes: heap,
        heap_reason: format!("{how}: {}", Budget::of(limit, heap, &beside).line("limit")),
        young_mebibytes: young,
        initial_mebibytes: place.initial_heap().map(exactly),
        written_young_mebibytes: place.young_generation().map(exactly),
        garbage_collector: collector,
        options: place.jvm_options().map(|merged| merged.value.to_vec()).unwrap_or_default(),
    }
}

/// In mebibytes.
fn exactly(written: Merged<&str>) -> u64 {
    sizing::heap_size(written.value).expect("E428 and E436 refused what is no size")
}

/// One core where nothing is said.
fn processor_millis(place: &NestedRack<'_>) -> u64 {
    let processor = place.limit("cpu").or_else(|| place.request("cpu"));
    processor.map_or(1000, |merged| amount(merged.value).millis().expect("E201 refused less than a thousandth"))
}
