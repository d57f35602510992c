//! The heap of Cassandra within the memory limit of its container. All amounts are whole mebibytes, which the JVM
//! writes as `M`. Called by the checks (does a heap fit) and by the resolver, which prints the arithmetic into the
//! options file.

mod budget;
mod off_heap;

use std::str::FromStr;

pub(crate) use budget::{Budget, DEFAULT_MANAGEMENT_HEAP, largest_heap, largest_heap_beside};
pub(crate) use off_heap::{MAX_DIRECT_MEMORY, Memtables, NETTY_DIRECT_MEMORY, OffHeap, SETTINGS, last_option};

use thiserror::Error;

use crate::kubernetes::quantity::Quantity;

/// Bytes in a mebibyte.
const MEBIBYTE: u64 = 1 << 20;

/// At this size of the heap and above, pointers are no longer compressed: a heap of 32 GiB holds less than one of 31.
pub(crate) const COMPRESSED_POINTERS_END: u64 = 32 * 1024;

/// The smallest heap that Cassandra starts with, in mebibytes.
pub(crate) const SMALLEST_HEAP: u64 = 256;

/// What the user asked the heap to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeapSetting {
    /// Computed from the memory limit.
    Auto,
    /// This many mebibytes.
    Exactly(u64),
}

/// Why a text is no heap size.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum HeapSettingError {
    /// Neither `auto` nor an amount.
    #[error("`{0}` is not a heap size; write auto, or an amount such as 8Gi, 8G or 8192M (all binary, as for -Xmx)")]
    NotAHeapSize(String),
    /// Less than a mebibyte, or not a whole number of them.
    #[error("`{0}` is not a whole number of mebibytes")]
    NotWholeMebibytes(String),
}

impl FromStr for HeapSetting {
    type Err = HeapSettingError;

    /// Reads `auto`, Kubernetes' binary suffixes (`8Gi`, `1.5Gi`) and the JVM's (`8G`, `8192m`), which are binary
    /// too: a `-Xmx8G` is 8 GiB. A bare number is bytes, as for the JVM.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" { Ok(Self::Auto) } else { heap_size(text).map(Self::Exactly) }
    }
}

/// An amount for a JVM in mebibytes, in the same spellings.
pub(crate) fn heap_size(text: &str) -> Result<u64, HeapSettingError> {
    let bytes = heap_bytes(text).ok_or_else(|| HeapSettingError::NotAHeapSize(text.to_owned()))?;
    if bytes == 0 || bytes % MEBIBYTE != 0 {
        return Err(HeapSettingError::NotWholeMebibytes(text.to_owned()));
    }
    Ok(bytes / MEBIBYTE)
}

fn heap_bytes(text: &str) -> Option<u64> {
    if text.ends_with('i') { text.parse::<Quantity>().ok()?.bytes().ok() } else { jvm_bytes(text) }
}

/// An amount as the JVM reads it: digits and one letter, all binary.
fn jvm_bytes(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    let size = match suffix {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        "g" | "G" => 1 << 30,
        "t" | "T" => 1 << 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(size)
}

/// The memory limit of a container in whole mebibytes, rounded down.
pub(crate) fn mebibytes(memory_limit_bytes: u64) -> u64 {
    memory_limit_bytes / MEBIBYTE
}

/// The heap for `auto`: max(min(limit / 2, 1024), min(limit / 4, 8192)), the formula of apache/cassandra
/// conf/cassandra-env.sh in 3.11, 4.0, 4.1 and the first 5.0 releases, applied to the container's limit instead of to
/// the machine's memory, and no more than [`largest_heap`].
///
/// Later 5.0 releases start from half of the machine's memory for G1 (CASSANDRA-20296). cassc does not follow: a
/// container has the Management API, native memory and the page cache within its limit, and the heap would change
/// with a patch.
pub(crate) fn auto_heap(limit: u64) -> u64 {
    (limit / 2).min(1024).max((limit / 4).min(8192)).min(largest_heap(limit))
}

/// The heap for `auto` where there is no limit but a request: the same formula, and never too small to start with, because
/// nothing ends a container that takes more than it requests while its worker has memory.
pub(crate) fn heap_by_request(request: u64) -> u64 {
    auto_heap(request).max(SMALLEST_HEAP)
}

/// The young generation for CMS: min(100 for each core, heap / 4), the formula of apache/cassandra
/// conf/cassandra-env.sh. `processor_millis` is what the container may use, in thousandths of a core; a part of a core
/// counts as one.
pub(crate) fn young_generation(heap: u64, processor_millis: u64) -> u64 {
    let n_cores = processor_millis.div_ceil(1000).max(1);
    n_cores.saturating_mul(100).min(heap / 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GIB: u64 = 1024;

    #[test]
    fn heap_sizes_are_binary_in_every_spelling() {
        for text in ["8Gi", "8G", "8g", "8192M", "8192m", "8192Mi", "8388608K", "8589934592"] {
            assert_eq!(text.parse(), Ok(HeapSetting::Exactly(8 * GIB)), "{text}");
        }
        assert_eq!("1.5Gi".parse(), Ok(HeapSetting::Exactly(1536)));
        assert_eq!("auto".parse(), Ok(HeapSetting::Auto));
    }

    #[test]
    fn other_texts_are_no_heap_sizes() {
        for text in ["", "Auto", "8GB", "8 G", "-8G", "1.5G", "G", "8e9", "i", "8ki", "99999999999T"] {
            assert_eq!(text.parse::<HeapSetting>(), Err(HeapSettingError::NotAHeapSize(text.to_owned())), "{text}");
        }
        for text in ["0", "0Gi", "8192", "1500k", "1000001Ki"] {
            assert_eq!(
                text.parse::<HeapSetting>(),
                Err(HeapSettingError::NotWholeMebibytes(text.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn auto_follows_the_formula_where_it_fits() {
        let cases =
            [(3 * GIB, 1024), (4 * GIB, 1024), (8 * GIB, 2048), (16 * GIB, 4096), (32 * GIB, 8192), (256 * GIB, 8192)];
        for (limit, heap) in cases {
            assert_eq!(auto_heap(limit), heap, "{limit}");
        }
    }

    #[test]
    fn auto_stays_below_what_a_small_limit_allows() {
        assert_eq!(auto_heap(GIB), largest_heap(GIB));
        assert_eq!((auto_heap(GIB), auto_heap(2 * GIB)), (272, 998));
        assert_eq!(auto_heap(640), 0);
        assert_eq!(auto_heap(0), 0);
        assert_eq!([heap_by_request(0), heap_by_request(640), heap_by_request(GIB)], [256, 256, 272]);
    }

    #[test]
    fn the_young_generation_follows_cores_and_heap() {
        assert_eq!(young_generation(8192, 4000), 400);
        assert_eq!(young_generation(8192, 3500), 400);
        assert_eq!(young_generation(1024, 16_000), 256);
        assert_eq!(young_generation(8192, 0), 100);
    }

    proptest! {
        #[test]
        fn more_memory_never_means_a_smaller_heap(limit in 0_u64..1 << 21, more in 0_u64..1 << 16) {
            prop_assert!(auto_heap(limit) <= auto_heap(limit + more));
            prop_assert!(auto_heap(limit) <= largest_heap(limit));
        }
    }
}
