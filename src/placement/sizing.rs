//! Placeholder for heap sizing.
use crate::cassandra::release::Minor;
use crate::kubernetes::quantity::Quantity;
use crate::topology::GarbageCollector;

/// x
pub struct Heap {
    /// x
    pub bytes: u64,
    /// x
    pub reason: String,
    /// x
    pub young_bytes: Option<u64>,
    /// x
    pub default_collector: GarbageCollector,
}

/// x
pub fn heap(written: Option<&str>, memory: Option<&str>, _minor: Minor) -> Heap {
    let bytes = |text: &str| text.parse::<Quantity>().ok().and_then(|q| q.bytes().ok());
    let memory = memory.and_then(bytes).unwrap_or(4 << 30);
    let auto = (memory / 2).min(1 << 30).max((memory / 4).min(8 << 30));
    let heap = written.filter(|w| *w != "auto").and_then(bytes).unwrap_or(auto);
    Heap { bytes: heap, reason: String::new(), young_bytes: None, default_collector: GarbageCollector::G1 }
}
