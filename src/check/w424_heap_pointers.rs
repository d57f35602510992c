//! W424: a heap that is slightly too large for compressed pointers.

use std::collections::BTreeSet;

use cassc_cassandra::jvm::GarbageCollector;

use super::e420_heap::heap_route;
use crate::diagnostic::{Diagnostic, Rule};
use crate::sizing::{COMPRESSED_POINTERS_END, HeapSetting};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W424",
    name: "heap-pointers",
    summary: "a heap of 32 to 38 GiB holds less than a heap of 31 GiB",
    explain: "\
From 32 GiB on the JVM uses pointers of eight bytes instead of four. Every object gets larger, so a heap of 32 GiB holds less
than a heap of 31 GiB. Only from about 38 GiB on it holds more. (ZGC never compresses pointers.)

Write `31Gi`, or well over 38 GiB.",
};

/// In mebibytes: from here on a heap holds more than 31 GiB with compressed pointers.
const WORTH_IT_AGAIN: u64 = 38 * 1024;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let Some(heap) = place.heap() else { continue };
        let Ok(HeapSetting::Exactly(size)) = heap.value.parse() else { continue };
        let compresses = place.garbage_collector().is_none_or(|collector| collector.value != GarbageCollector::Zgc);
        if compresses && (COMPRESSED_POINTERS_END..WORTH_IT_AGAIN).contains(&size) && seen.insert(heap.level) {
            let message = format!("a heap of {} holds less than a heap of 31Gi", heap.value);
            let at = subject.value(heap_route(heap.level), "no compressed pointers");
            complaints.push(RULE.complain(message, at).help("write `31Gi`"));
        }
    }
}
