//! E620: a heap of Reaper that is invalid, or too large for its memory.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::resource::amount;
use crate::sizing::{HeapSetting, mebibytes};
use crate::subject::Subject;
use crate::topology::{BESIDE_REAPER_HEAP, REAPER_HEAP, REAPER_LIMITS, Reaper};

pub(super) const RULE: Rule = Rule {
    code: "E620",
    name: "reaper-heap",
    summary: "the heap of Reaper is invalid, or too large for its memory limit",
    explain: "\
Reaper's JVM was seen to use 137 MiB beside a heap of 256 MiB. If the memory limit does not hold both, the kernel kills Reaper, again and
again. With less than 128 MiB of heap Reaper does not start.

Write `heap: 256Mi` or more, and a memory limit that is at least 192Mi larger.",
};

/// The smallest heap, in mebibytes: the server was seen to start with 160.
const SMALLEST: u64 = 128;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    let at = |field: &str| subject.value(Route::of("spec.repair.reaper").join(&Route::of(field)), "");
    let heap = match reaper.heap.as_deref().map(str::parse) {
        None => REAPER_HEAP,
        Some(Ok(HeapSetting::Exactly(heap))) if heap >= SMALLEST => heap,
        Some(_) => {
            let written = reaper.heap.as_deref().unwrap_or_default().escape_debug();
            let complaint = RULE.complain(format!("`{written}` is not a heap for Reaper"), at("heap"));
            complaints.push(complaint.expected(format!("{SMALLEST}Mi or more, such as 256Mi")));
            return;
        }
    };
    let Some((limit, needed)) = limit(reaper).zip(heap.checked_add(BESIDE_REAPER_HEAP)) else { return };
    if limit < needed {
        let field = if reaper.heap.is_some() { "heap" } else { "resources.limits.memory" };
        let message = format!("a heap of {heap}Mi does not fit into the memory limit of Reaper, {limit}Mi");
        let advice = format!("write `resources: {{limits: {{memory: {needed}Mi}}}}`, or a smaller heap");
        complaints.push(RULE.complain(message, at(field)).help(advice));
    }
}

/// The memory limit, in mebibytes; `None` for one that E201 refuses.
fn limit(reaper: &Reaper) -> Option<u64> {
    let default = || REAPER_LIMITS.iter().find(|(name, _)| *name == "memory").map(|(_, text)| *text);
    let written = reaper.resources.limits.get("memory").map(String::as_str).or_else(default)?;
    Some(mebibytes(amount("memory", written).ok()?))
}
