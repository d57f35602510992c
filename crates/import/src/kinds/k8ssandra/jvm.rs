//! `jvmOptions`: names of K8ssandra Operator become those of the builder's definitions
//! (k8ssandra/k8ssandra-operator 9e3d1b51, `apis/k8ssandra/v1alpha1/cassandraconfig_types.go`, tags `cass-config`).

use cassc_ring::release::Minor;
use serde_json::Value;

use crate::documents::At;
use crate::draft::Draft;
use crate::kinds::cass_operator::config::Reading;
use crate::kinds::cass_operator::jvm::{Options, named};
use crate::pods::text_of;

/// For which versions a name has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// Each, by `jvm-options` or `jvm-server-options`.
    Each,
    /// 3.11, by `jvm-options`.
    Old,
    /// 4.0 and later, by `jvm-server-options`.
    New,
    /// 3.11, and by `jvm11-server-options` 4.0 and 4.1.
    Java11,
    /// By `jvm11-server-options` alone.
    OnlyJava11,
}

use self::From::{Each, Java11, New, Old, OnlyJava11};

/// The name, that of the definitions, and where it has an effect.
const NAMES: &[(&str, &str, From)] = &[
    ("heap_initial_size", "initial_heap_size", Each),
    ("heap_max_size", "max_heap_size", Each),
    ("vm_enable_assertions", "enable_assertions", Each),
    ("vm_enable_thread_priorities", "use_thread_priorities", Each),
    ("vm_enable_non_root_thread_priority", "thread_priority_policy_42", Old),
    ("vm_heap_dump_on_out_of_memory_error", "heap_dump_on_out_of_memory_error", Each),
    ("vm_per_thread_stack_size", "per_thread_stack_size", Each),
    ("vm_string_table_size", "string_table_size", Each),
    ("vm_always_pre_touch", "always_pre_touch", Each),
    ("vm_disable_biased_locking", "use_biased_locking", Each),
    ("vm_use_tlab", "use_tlb", Each),
    ("vm_resize_tlab", "resize_tlb", Each),
    ("vm_disable_perf_shared_mem", "perf_disable_shared_mem", Each),
    ("vm_prefer_ipv4", "java_net_prefer_ipv4_stack", Each),
    ("vm_use_numa", "use_numa", New),
    ("vm_print_heap_histogram_on_out_of_memory_error", "print_heap_histogram_on_out_of_memory_error", New),
    ("vm_exit_on_out_of_memory_error", "exit_on_out_of_memory_error", New),
    ("vm_crash_on_out_of_memory_error", "crash_on_out_of_memory_error", New),
    ("vm_guaranteed_safepoint_interval_ms", "guaranteed-safepoint-interval", New),
    ("netty_eventloop_maxpendingtasks", "io_netty_eventloop_maxpendingtasks", New),
    ("netty_try_reflection_set_accessible", "io_netty_try_reflection_set_accessible", OnlyJava11),
    ("nio_maxcachedbuffersize", "jdk_nio_maxcachedbuffersize", New),
    ("nio_align_direct_memory", "page-align-direct-memory", New),
    ("jdk_allow_attach_self", "jdk_attach_allow_attach_self", OnlyJava11),
    ("cassandra_available_processors", "cassandra_available_processors", Each),
    ("cassandra_metrics_reporter_config_file", "cassandra_metrics_reporter_config_file", Each),
    ("cassandra_ring_delay_ms", "cassandra_ring_delay_ms", Each),
    ("cassandra_triggers_directory", "cassandra_triggers_dir", Each),
    ("cassandra_write_survey", "cassandra_write_survey", Each),
    ("cassandra_disable_auth_caches_remote_configuration", "cassandra_disable_auth_caches_remote_configuration", Each),
    ("cassandra_force_default_indexing_page_size", "cassandra_force_default_indexing_page_size", Each),
    ("cassandra_force_3_0_protocol_version", "cassandra_force_3_0_protocol_version", Old),
    ("cassandra_expiration_date_overflow_policy", "cassandra_expiration_date_overflow_policy", New),
    ("cassandra_max_hint_ttl_seconds", "cassandra_max_hint_ttl", New),
    ("gc", "garbage_collector", Java11),
    ("gc_cms_heap_size_young_generation", "heap_size_young_generation", Old),
    ("gc_cms_survivor_ratio", "survivor_ratio", Old),
    ("gc_cms_max_tenuring_threshold", "max_tenuring_threshold", Old),
    ("gc_cms_initiating_occupancy_fraction", "cms_initiating_occupancy_fraction", Old),
    ("gc_cms_wait_duration_ms", "cms_wait_duration", Old),
    ("gc_g1_rset_updating_pause_time_percent", "g1r_set_updating_pause_time_percent", Java11),
    ("gc_g1_max_gc_pause_ms", "max_gc_pause_millis", Java11),
    ("gc_g1_initiating_heap_occupancy_percent", "initiating_heap_occupancy_percent", Java11),
    ("gc_g1_parallel_threads", "parallel_gc_threads", Java11),
    ("gc_g1_conc_threads", "conc_gc_threads", Java11),
    ("gc_print_details", "print_gc_details", Old),
    ("gc_print_date_stamps", "print_gc_date_stamps", Old),
    ("gc_print_heap", "print_heap_at_gc", Old),
    ("gc_print_tenuring_distribution", "print_tenuring_distribution", Old),
    ("gc_print_application_stopped_time", "print_gc_application_stopped_time", Old),
    ("gc_print_promotion_failure", "print_promotion_failure", Old),
    ("gc_print_flss_statistics", "print_flss_statistics", Old),
    ("gc_print_use_log_file", "log_gc", Old),
    ("gc_print_use_log_file_rotation", "use_gc_log_file_rotation", Old),
    ("gc_print_number_of_log_files", "number_of_gc_log_files", Old),
    ("gc_print_log_file_size", "gc_log_file_size", Old),
    ("jmx_port", "jmx-port", Each),
    ("jmx_connection_type", "jmx-connection-type", Each),
    ("jmx_remote_ssl", "jmx-remote-ssl", Each),
    ("jmx_remote_ssl_opts", "jmx-remote-ssl-opts", Each),
    ("jmx_remote_ssl_require_client_auth", "jmx-remote-ssl-require-client-auth", New),
    ("debug_unlock_commercial_features", "unlock_commercial_features", Each),
    ("debug_enable_flight_recorder", "flight_recorder", Each),
    ("debug_listen_remote_debuggers", "agent_lib_jdwp", Each),
    ("debug_disable_contended_annotations", "restrict-contended", New),
    ("debug_non_safepoints", "debug-non-safepoints", New),
    ("debug_unlock_diagnostic_vm_options", "unlock-diagnostic-vm-options", New),
    ("debug_log_compilation", "log_compilation", New),
    ("debug_preserve_frame_pointer", "preserve-frame-pointer", New),
];

/// Whether a version of Cassandra reads a list of options.
type IsRead = fn(Minor) -> bool;

/// Lists of options, and in which versions Cassandra reads them.
const LISTS: [(&str, IsRead); 4] = [
    ("additionalOptions", |_| true),
    ("additionalJvmServerOptions", |minor| minor > Minor::V3_11),
    ("additionalJvm11ServerOptions", |minor| matches!(minor, Minor::V4_0 | Minor::V4_1)),
    ("additionalJvm8ServerOptions", |_| false),
];

impl From {
    fn holds(self, minor: Minor) -> bool {
        match self {
            Self::Each => true,
            Self::Old => minor == Minor::V3_11,
            Self::New => minor > Minor::V3_11,
            Self::Java11 => minor < Minor::V5_0,
            Self::OnlyJava11 => matches!(minor, Minor::V4_0 | Minor::V4_1),
        }
    }
}

/// Every field of `jvmOptions`.
pub(super) fn options(draft: &mut Draft, at: &At<'_>, reading: Reading<'_>) {
    let mut options = Options::default();
    let fields = at.value().and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        let field = at.key(key);
        let row = NAMES.iter().find(|(name, ..)| name == key);
        let list = LISTS.iter().find(|(name, _)| name == key);
        match (row, list) {
            (Some((_, name, from)), _) if from.holds(reading.minor) => {
                let value =
                    if name.ends_with("heap_size") || name.contains("young") { sized(value) } else { value.clone() };
                named(draft, &field, name, &value, reading, &mut options);
            }
            (_, Some((_, is_read))) if is_read(reading.minor) => {
                for (index, line) in value.as_array().into_iter().flatten().enumerate() {
                    let line = line.as_str().unwrap_or_default();
                    options.line(draft, &field.index(index), line, reading.datacenter);
                }
            }
            (Some(_), _) | (_, Some(_)) => draft.meet(&field, "no effect in this version of Cassandra"),
            (None, None) if key == "heapSize" => heap(draft, &field, &fields, reading, &mut options),
            (None, None) if key == "heapNewGenSize" && fields.contains_key("gc_cms_heap_size_young_generation") => {
                draft.meet(&field, "the newer field wins");
            }
            (None, None) if key == "heapNewGenSize" && reading.minor == Minor::V3_11 => {
                named(draft, &field, "heap_size_young_generation", &sized(value), reading, &mut options);
            }
            (None, None) if key == "heapNewGenSize" => draft.meet(&field, "no effect in this version of Cassandra"),
            (None, None) => {
                draft.lose(&field, "cassc does not know this field", "look it up in the operator's documentation");
            }
        }
    }
    options.write(draft, reading);
}

/// `heapSize`, the older name of two fields (pkg/cassandra/config.go `HandleDeprecatedJvmOptions`).
fn heap(
    draft: &mut Draft,
    at: &At<'_>,
    fields: &serde_json::Map<String, Value>,
    reading: Reading<'_>,
    options: &mut Options,
) {
    let Some(value) = fields.get("heapSize").map(sized) else { return };
    for (newer, name) in [("heap_initial_size", "initial_heap_size"), ("heap_max_size", "max_heap_size")] {
        if fields.get(newer).is_none_or(Value::is_null) {
            named(draft, at, name, &value, reading, options);
        }
    }
}

/// A quantity of Kubernetes, whose letters are decimal, as a size of the JVM, whose letters are binary.
fn sized(value: &Value) -> Value {
    let mebibytes = text_of(value).as_deref().and_then(mebibytes);
    mebibytes.map_or_else(|| value.clone(), |size| Value::String(size_of(size)))
}

fn size_of(mebibytes: u64) -> String {
    if mebibytes.is_multiple_of(1024) { format!("{}Gi", mebibytes / 1024) } else { format!("{mebibytes}Mi") }
}

/// Whole mebibytes of a quantity; `None` for what is none, or less than one.
pub(super) fn mebibytes(quantity: &str) -> Option<u64> {
    let digits = quantity.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor: u64 = match &quantity[digits.len()..] {
        "" => 1,
        "k" => 1000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return None,
    };
    let bytes = match digits.split_once('.') {
        None => digits.parse::<u64>().ok()?.checked_mul(factor)?,
        Some((whole, fraction)) => {
            let thousandths: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
            let whole = whole.parse::<u64>().ok()?.checked_mul(factor)?;
            whole.checked_add(thousandths.checked_mul(factor)? / 1000)?
        }
    };
    Some(bytes >> 20).filter(|mebibytes| *mebibytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_become_whole_mebibytes() {
        assert_eq!(mebibytes("512Mi"), Some(512));
        assert_eq!(mebibytes("512M"), Some(488));
        assert_eq!(mebibytes("1.5Gi"), Some(1536));
        assert_eq!(mebibytes("536870912"), Some(512));
        assert_eq!(mebibytes("1"), None);
        assert_eq!(mebibytes("lots"), None);
        assert_eq!(sized(&Value::from("2Gi")), Value::from("2Gi"));
    }
}
