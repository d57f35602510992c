//! Timings of probes. What they ask is cassc's own.

use serde_json::Value;

use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;

/// The timings that a topology has.
const TIMINGS: [&str; 4] = ["initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold"];
/// What a probe asks.
const ACTIONS: [&str; 4] = ["httpGet", "exec", "tcpSocket", "grpc"];

/// A probe of the Cassandra container; `to` is `pod.probes.<its name>`.
pub(crate) fn probe(draft: &mut Draft, at: &At<'_>, to: &Path) {
    for (key, value) in at.value().and_then(Value::as_object).into_iter().flatten() {
        timing(draft, &at.key(key), key, value, to);
    }
}

/// A field of a probe.
pub(crate) fn timing(draft: &mut Draft, at: &At<'_>, key: &str, value: &Value, to: &Path) {
    match key {
        "timeoutSeconds" if to.last_key() == "readiness" && value.as_u64().is_some_and(|seconds| seconds < 3) => {
            draft.change(at, &to.key(key), 3_u32, "the least that cassc's probe needs");
        }
        key if TIMINGS.contains(&key) => draft.carry(at, &to.key(key), value),
        "successThreshold" if value.as_u64() == Some(1) => draft.meet(at, "the default"),
        key if ACTIONS.contains(&key) => {
            draft.meet(at, "cassc's probe asks the Management API, as that of Cass Operator does");
        }
        _ => draft.lose(at, "a timing of the probe", "leave it out"),
    }
}
