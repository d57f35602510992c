//! `cassandra-env-sh` of the builders.

use serde_json::Value;

use super::jvm::Options;
use crate::documents::At;
use crate::draft::{Draft, datacenter, spec};
use crate::pods::text_of;

/// Options of the JVM and two variables of the start script.
pub(super) fn environment_file(draft: &mut Draft, at: &At<'_>, options: &mut Options) {
    let last = draft.get(&spec(&["datacenters"])).map_or(0, |list| list.len().saturating_sub(1));
    for (key, value) in at.value().and_then(Value::as_object).into_iter().flatten() {
        let at = at.key(key);
        match key.as_str() {
            "additional-jvm-opts" => {
                for (index, line) in value.as_array().into_iter().flatten().enumerate() {
                    options.line(draft, &at.index(index), line.as_str().unwrap_or_default(), &datacenter(last));
                }
            }
            "malloc-arena-max" => {
                if let Some(number) = text_of(value) {
                    draft.agree(&at, &spec(&["cassandra", "environment", "MALLOC_ARENA_MAX"]), number);
                }
            }
            "heap-dump-dir" => draft.meet(&at, "cassc keeps one heap dump in the data volume"),
            "on_out_of_memory_error" => draft.meet(&at, "the JVM exits where memory ends"),
            _ => draft.lose(&at, "changes the start script", "see whether it is still needed"),
        }
    }
}
