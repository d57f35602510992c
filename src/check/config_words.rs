//! Lists of words in settings of cassandra.yaml that Cassandra checks only at its start. Called by the rule about
//! combinations. Cassandra 4.1.10 and 5.0.9 were seen to refuse unknown words; 4.0.19 accepts any.

use cassc_ring::release::Minor;
use serde_json::Value;

use super::config_refusal::Refusal;
use super::settings::{Setting, Settings};

/// The categories of the audit log (`AuditLogEntryCategory`).
const CATEGORIES: &[&str] = &["QUERY", "DML", "DDL", "DCL", "OTHER", "AUTH", "ERROR", "PREPARE"];

/// The properties of a table that 4.1 and 5.0 both have (`TableAttributes.allKeywords`).
const PROPERTIES: &[&str] = &[
    "additional_write_policy",
    "bloom_filter_fp_chance",
    "caching",
    "cdc",
    "comment",
    "compaction",
    "compression",
    "crc_check_chance",
    "default_time_to_live",
    "extensions",
    "gc_grace_seconds",
    "id",
    "max_index_interval",
    "memtable",
    "memtable_flush_period_in_ms",
    "min_index_interval",
    "read_repair",
    "speculative_retry",
];

/// The properties that are new in 5.0.
const PROPERTIES_OF_5_0: &[&str] = &["allow_auto_snapshot", "auto_repair", "incremental_backups"];

/// All settings with an unknown word.
pub(super) fn unknown_words(settings: &Settings, minor: Minor) -> Vec<Refusal<'_>> {
    if minor < Minor::V4_1 {
        return Vec::new();
    }
    let newer = if minor >= Minor::V5_0 { PROPERTIES_OF_5_0 } else { &[] };
    let properties: Vec<&str> = PROPERTIES.iter().chain(newer).copied().collect();
    let categories = ["audit_logging_options.included_categories", "audit_logging_options.excluded_categories"];
    let tables = ["table_properties_disallowed", "table_properties_ignored", "table_properties_warned"];
    let audited = categories.into_iter().filter_map(|name| unknown_word(settings.get(name)?, CATEGORIES));
    let guarded = tables.into_iter().filter_map(|name| unknown_word(settings.get(name)?, &properties));
    audited.chain(guarded).collect()
}

fn unknown_word<'s>(setting: &'s Setting, known: &[&str]) -> Option<Refusal<'s>> {
    let words: Vec<String> = match &setting.value {
        Value::Array(words) => words.iter().map(word).collect(),
        text => word(text).split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect(),
    };
    let is_known = |word: &String| known.iter().any(|known| known.eq_ignore_ascii_case(word));
    let unknown = words.into_iter().find(|word| !is_known(word))?;
    let message = format!("`{}` contains the unknown word `{}`", setting.name, unknown.escape_debug());
    Some(Refusal { expected: Some(known.join(", ")), ..Refusal::new(message, &[setting]) })
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
