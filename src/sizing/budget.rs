//! Where the memory of a container goes: the heap, and everything that Cassandra and its companions take beside it.

use super::off_heap::{Memtables, OffHeap};

/// The heap of the Management API server in mebibytes (`MGMT_API_HEAP_SIZE` in management-api
/// cassandra/scripts/docker-entrypoint.sh).
pub(crate) const DEFAULT_MANAGEMENT_HEAP: u64 = 128;
/// What its JVM takes in the same container beside its heap: with the default heap its resident size was seen at 0.2 GB.
const BESIDE_MANAGEMENT_HEAP: u64 = 128;
/// What Cassandra's JVM takes beside heap, caches and the collector's own tables: classes, compiled code, stacks of
/// some hundred threads. Seen on real nodes: with a heap of 512 MiB the process takes 0.8 to 1.05 GB, caches included.
pub(crate) const JVM_ITSELF: u64 = 384;

/// Where the memory of a container goes, with a heap of a given size. All amounts are mebibytes. The parts may exceed
/// the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// The memory limit of the container.
    pub limit: u64,
    /// The Java heap.
    pub heap: u64,
    /// The collector's own tables: a tenth of the heap, the usual upper bound for G1.
    pub collector: u64,
    /// Cassandra's direct buffers: `file_cache_size`, a quarter of the heap and at most 512 MiB, and
    /// `networking_cache_size`, a sixteenth and at most 128 MiB (apache/cassandra `DatabaseDescriptor`). 3.11 has no
    /// networking cache, and buffers of Netty in its place.
    pub buffers: u64,
    /// Memtables outside the heap, by default a quarter of the heap (`DatabaseDescriptor`).
    pub memtables: u64,
    /// What of the memtables are direct buffers.
    direct_memtables: bool,
    /// [`JVM_ITSELF`].
    pub jvm: u64,
    /// The Management API server: its heap, and what its JVM takes beside it.
    pub management_api: u64,
    /// What else the configuration names.
    off_heap: OffHeap,
}

impl Budget {
    /// Where the memory of a container goes, with what its configuration says of memory outside the heap.
    pub(crate) fn of(limit: u64, heap: u64, off_heap: &OffHeap) -> Self {
        let file_cache = off_heap.file_cache.unwrap_or_else(|| (heap / 4).min(512));
        let networking_cache = off_heap.networking_cache.unwrap_or_else(|| (heap / 16).min(128));
        Self {
            limit,
            heap,
            collector: heap / 10,
            buffers: file_cache.saturating_add(networking_cache),
            memtables: if off_heap.memtables == Memtables::OnHeap {
                0
            } else {
                off_heap.memtable_space.unwrap_or(heap / 4)
            },
            direct_memtables: off_heap.memtables == Memtables::Direct,
            jvm: JVM_ITSELF,
            management_api: off_heap
                .management_heap
                .unwrap_or(DEFAULT_MANAGEMENT_HEAP)
                .saturating_add(BESIDE_MANAGEMENT_HEAP),
            off_heap: *off_heap,
        }
    }

    /// What Cassandra asks for as direct buffers.
    pub(crate) fn direct_buffers(&self) -> u64 {
        let memtables = if self.direct_memtables { self.memtables } else { 0 };
        self.buffers.saturating_add(memtables).saturating_add(self.off_heap.merkle_trees)
    }

    /// What direct buffers may take at most: `-XX:MaxDirectMemorySize`, by default as much as the heap (`jdk.internal.misc.VM`).
    pub(crate) fn direct_limit(&self) -> u64 {
        self.off_heap.direct_limit.unwrap_or(self.heap)
    }

    /// The direct memory that is counted: what the option allows where it is written, else what Cassandra asks for.
    fn direct(&self) -> u64 {
        self.off_heap.direct_limit.unwrap_or_else(|| self.direct_buffers().min(self.heap))
    }

    /// The parts in the order of the comment.
    fn parts(&self) -> Vec<(&'static str, u64)> {
        let itemized = self.off_heap.direct_limit.is_none() && self.direct_buffers() <= self.heap;
        let in_direct = |amount: u64| if itemized { amount } else { 0 };
        let memtables = if self.direct_memtables { in_direct(self.memtables) } else { self.memtables };
        let parts = [
            ("heap", self.heap),
            ("collector", self.collector),
            ("direct memory", if itemized { 0 } else { self.direct() }),
            ("buffers", in_direct(self.buffers)),
            ("memtables", memtables),
            ("Merkle trees", in_direct(self.off_heap.merkle_trees)),
            ("row cache", self.off_heap.row_cache),
            ("index summaries", self.off_heap.index_summaries),
            ("Netty", self.off_heap.netty),
            ("JVM", self.jvm),
            ("Management API", self.management_api),
        ];
        let always = ["heap", "collector", "JVM", "Management API"];
        let is_there =
            |(name, amount): &(&str, u64)| *amount > 0 || always.contains(name) || (itemized && *name == "buffers");
        parts.into_iter().filter(is_there).collect()
    }

    /// Everything that is not the page cache.
    pub(crate) fn used(&self) -> u64 {
        self.parts().into_iter().fold(0, |sum, (_, amount)| sum.saturating_add(amount))
    }

    /// Whether the parts stay within the limit, so that the kernel does not kill the container under load.
    pub(crate) fn fits(&self) -> bool {
        self.used() <= self.limit
    }

    /// What is left for the page cache and other native memory; 0 when the parts do not fit.
    pub(crate) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used())
    }

    /// One line for a comment: `limit 16384M = heap 4096M + collector 409M + … + 10599M for the page cache …`. `memory` is
    /// what the amount is, such as `limit`.
    pub(crate) fn line(&self, memory: &str) -> String {
        let (limit, sum) = (self.limit, self.sum());
        if self.fits() {
            format!("{memory} {limit}M = {sum} + {}M for the page cache and the rest", self.left())
        } else {
            format!("{memory} {limit}M, needed {}M = {sum}", self.used())
        }
    }

    /// The parts as a sum: `heap 4096M + collector 409M + …`.
    pub(crate) fn sum(&self) -> String {
        self.parts().into_iter().map(|(name, amount)| format!("{name} {amount}M")).collect::<Vec<_>>().join(" + ")
    }
}

/// The largest heap that a memory limit allows, 0 when it allows none.
pub(crate) fn largest_heap(limit: u64) -> u64 {
    largest_heap_beside(limit, &OffHeap::default())
}

/// The largest heap that a memory limit allows beside what the configuration says of memory outside the heap, 0 when it
/// allows none.
pub(crate) fn largest_heap_beside(limit: u64, off_heap: &OffHeap) -> u64 {
    let (mut fits, mut too_large) = (0, limit.saturating_add(1));
    while too_large - fits > 1 {
        let middle = fits.midpoint(too_large);
        if Budget::of(limit, middle, off_heap).fits() {
            fits = middle;
        } else {
            too_large = middle;
        }
    }
    fits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GIB: u64 = 1024;
    const PLAIN: OffHeap = OffHeap::NONE;

    #[test]
    fn a_budget_reads_as_a_sum() {
        let expected = "limit 16384M = heap 4096M + collector 409M + buffers 640M + JVM 384M + Management API 256M + 10599M \
                        for the page cache and the rest";
        assert_eq!(Budget::of(16 * GIB, 4096, &PLAIN).line("limit"), expected);
        let expected =
            "request 1024M, needed 2086M = heap 1024M + collector 102M + buffers 320M + JVM 384M + Management API 256M";
        assert_eq!(Budget::of(GIB, 1024, &PLAIN).line("request"), expected);
    }

    #[test]
    fn what_is_written_is_counted_once() {
        let native = OffHeap { memtables: Memtables::Native, row_cache: 512, index_summaries: 100, ..PLAIN };
        let budget = Budget::of(16 * GIB, 4096, &native);
        assert_eq!(budget.used(), Budget::of(16 * GIB, 4096, &PLAIN).used() + 1024 + 512 + 100);
        let direct =
            OffHeap { memtables: Memtables::Direct, memtable_space: Some(2048), file_cache: Some(1024), ..PLAIN };
        let budget = Budget::of(16 * GIB, 4096, &direct);
        assert_eq!((budget.direct_buffers(), budget.direct_limit()), (2048 + 1024 + 128, 4096));
        let sum = "heap 4096M + collector 409M + buffers 1152M + memtables 2048M + JVM 384M + Management API 256M";
        assert_eq!(budget.sum(), sum);
        let budget = Budget::of(16 * GIB, 4096, &OffHeap { direct_limit: Some(3000), ..direct });
        let sum = "heap 4096M + collector 409M + direct memory 3000M + JVM 384M + Management API 256M";
        assert_eq!(budget.sum(), sum);
        let budget = Budget::of(16 * GIB, 1024, &OffHeap { file_cache: Some(4096), ..PLAIN });
        assert_eq!(budget.sum(), "heap 1024M + collector 102M + direct memory 1024M + JVM 384M + Management API 256M");
    }

    #[test]
    fn the_management_api_takes_its_heap_and_as_much_as_before_without_one() {
        let with = |heap| Budget::of(16 * GIB, 4096, &OffHeap { management_heap: heap, ..PLAIN }).management_api;
        assert_eq!([with(None), with(Some(128)), with(Some(64)), with(Some(512))], [256, 256, 192, 640]);
    }

    #[test]
    fn space_for_memtables_is_taken_only_outside_the_heap() {
        let on_heap = OffHeap { memtable_space: Some(8192), ..PLAIN };
        assert_eq!(Budget::of(16 * GIB, 4096, &on_heap).used(), Budget::of(16 * GIB, 4096, &PLAIN).used());
    }

    proptest! {
        #[test]
        fn the_largest_heap_fits_and_one_more_does_not(limit in 0_u64..1 << 21, row_cache in 0_u64..4096, direct in 0_u64..4096) {
            let written = OffHeap { row_cache, direct_limit: Some(direct), memtables: Memtables::Native, ..PLAIN };
            for off_heap in [PLAIN, written] {
                let heap = largest_heap_beside(limit, &off_heap);
                prop_assert!(heap == 0 || Budget::of(limit, heap, &off_heap).fits());
                prop_assert!(!Budget::of(limit, heap + 1, &off_heap).fits());
            }
        }

        #[test]
        fn no_amount_overflows(amount in prop::sample::select(vec![0, 1, 1 << 40, u64::MAX / 2, u64::MAX])) {
            let off_heap = OffHeap { memtable_space: Some(amount), file_cache: Some(amount), networking_cache: Some(amount),
                row_cache: amount, index_summaries: amount, merkle_trees: amount, netty: amount,
                management_heap: Some(amount),
                memtables: Memtables::Direct, direct_limit: None };
            for heap in [1024, u64::MAX] {
                let budget = Budget::of(8192, heap, &off_heap);
                prop_assert!(budget.used() >= heap && budget.left() <= 8192);
            }
        }
    }
}
