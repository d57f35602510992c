//! The names that the definitions of cass-config-builder have for options of the JVM (datastax/cass-config-definitions
//! 9898218, resources/jvm-options/cassandra, jvm-server-options/cassandra, jvm11-server-options/cassandra). What
//! k8ssandra-client knows of them means the same there.

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// `-Xmx`.
    Heap,
    /// `-Xms`.
    InitialHeap,
    /// `-Xmn`.
    YoungGeneration,
    /// Which collector.
    Collector,
    /// An option that is there or not.
    Switch {
        /// The option.
        option: &'static str,
        /// Whether cassc writes it.
        by_default: bool,
    },
    /// The beginning of an option; the value follows.
    Value(&'static str),
    /// No effect in cassc's pods, and why that is right.
    Nothing(&'static str),
}

use self::Meaning::{Collector, Heap, InitialHeap, Nothing, Switch, Value, YoungGeneration};

const fn on(option: &'static str) -> Meaning {
    Switch { option, by_default: true }
}

const fn off(option: &'static str) -> Meaning {
    Switch { option, by_default: false }
}

const GC_LOG: Meaning = Nothing("cassc writes a log of the collector, ten files of 10 MiB");
const LOCAL: Meaning = Nothing("JMX stays on the loopback interface");

/// The table.
const NAMES: &[(&str, Meaning)] = &[
    ("max_heap_size", Heap),
    ("initial_heap_size", InitialHeap),
    ("heap_size_young_generation", YoungGeneration),
    ("garbage_collector", Collector),
    ("agent_lib_jdwp", off("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=1414")),
    ("always_pre_touch", on("-XX:+AlwaysPreTouch")),
    ("cassandra_available_processors", Value("-Dcassandra.available_processors=")),
    (
        "cassandra_disable_auth_caches_remote_configuration",
        Value("-Dcassandra.disable_auth_caches_remote_configuration="),
    ),
    ("cassandra_expiration_date_overflow_policy", Value("-Dcassandra.expiration_date_overflow_policy=")),
    ("cassandra_force_3_0_protocol_version", off("-Dcassandra.force_3_0_protocol_version=true")),
    ("cassandra_force_default_indexing_page_size", Value("-Dcassandra.force_default_indexing_page_size=")),
    ("cassandra_initial_token", Value("-Dcassandra.initial_token=")),
    ("cassandra_join_ring", Value("-Dcassandra.join_ring=")),
    ("cassandra_load_ring_state", Value("-Dcassandra.load_ring_state=")),
    ("cassandra_max_hint_ttl", Value("-Dcassandra.maxHintTTL=")),
    ("cassandra_metrics_reporter_config_file", Value("-Dcassandra.metricsReporterConfigFile=")),
    ("cassandra_replace_address", Value("-Dcassandra.replace_address=")),
    ("cassandra_ring_delay_ms", Value("-Dcassandra.ring_delay_ms=")),
    ("cassandra_triggers_dir", Value("-Dcassandra.triggers_dir=")),
    ("cassandra_write_survey", Value("-Dcassandra.write_survey=")),
    ("cms_initiating_occupancy_fraction", Value("-XX:CMSInitiatingOccupancyFraction=")),
    ("cms_wait_duration", Value("-XX:CMSWaitDuration=")),
    ("conc_gc_threads", Value("-XX:ConcGCThreads=")),
    ("crash_on_out_of_memory_error", off("-XX:+CrashOnOutOfMemoryError")),
    ("debug-non-safepoints", off("-XX:+DebugNonSafepoints")),
    ("enable_assertions", on("-ea")),
    ("exit_on_out_of_memory_error", on("-XX:+ExitOnOutOfMemoryError")),
    ("flight_recorder", off("-XX:+FlightRecorder")),
    ("g1r_set_updating_pause_time_percent", Value("-XX:G1RSetUpdatingPauseTimePercent=")),
    ("gc_log_file_size", GC_LOG),
    ("guaranteed-safepoint-interval", Value("-XX:GuaranteedSafepointInterval=")),
    ("heap_dump_on_out_of_memory_error", on("-XX:+HeapDumpOnOutOfMemoryError")),
    ("initiating_heap_occupancy_percent", Value("-XX:InitiatingHeapOccupancyPercent=")),
    ("io_netty_eventloop_maxpendingtasks", Value("-Dio.netty.eventLoop.maxPendingTasks=")),
    ("io_netty_try_reflection_set_accessible", on("-Dio.netty.tryReflectionSetAccessible=true")),
    ("java_net_prefer_ipv4_stack", Nothing("cassc follows the address of the pod")),
    ("jdk_attach_allow_attach_self", on("-Djdk.attach.allowAttachSelf=true")),
    ("jdk_nio_maxcachedbuffersize", Value("-Djdk.nio.maxCachedBufferSize=")),
    ("jmx-port", LOCAL),
    ("jmx-connection-type", LOCAL),
    ("jmx-remote-ssl", LOCAL),
    ("jmx-remote-ssl-opts", LOCAL),
    ("jmx-remote-ssl-require-client-auth", LOCAL),
    ("log_compilation", off("-XX:+LogCompilation")),
    ("log_gc", GC_LOG),
    ("max_direct_memory", Value("-XX:MaxDirectMemorySize=")),
    ("max_gc_pause_millis", Value("-XX:MaxGCPauseMillis=")),
    ("max_tenuring_threshold", Value("-XX:MaxTenuringThreshold=")),
    ("number_of_gc_log_files", GC_LOG),
    ("page-align-direct-memory", off("-Dsun.nio.PageAlignDirectMemory=true")),
    ("parallel_gc_threads", Value("-XX:ParallelGCThreads=")),
    ("per_thread_stack_size", Value("-Xss")),
    ("perf_disable_shared_mem", on("-XX:+PerfDisableSharedMem")),
    ("preserve-frame-pointer", off("-XX:+PreserveFramePointer")),
    ("print_flss_statistics", off("-XX:PrintFLSStatistics=1")),
    ("print_gc_application_stopped_time", GC_LOG),
    ("print_gc_date_stamps", GC_LOG),
    ("print_gc_details", GC_LOG),
    ("print_heap_at_gc", GC_LOG),
    ("print_heap_histogram_on_out_of_memory_error", Value("-Dcassandra.printHeapHistogramOnOutOfMemoryError=")),
    ("print_promotion_failure", GC_LOG),
    ("print_tenuring_distribution", GC_LOG),
    ("resize_tlb", on("-XX:+ResizeTLAB")),
    ("restrict-contended", off("-XX:-RestrictContended")),
    ("string_table_size", Value("-XX:StringTableSize=")),
    ("survivor_ratio", Value("-XX:SurvivorRatio=")),
    ("thread_priority_policy_42", Nothing("cassc writes it where the JDK has it")),
    ("unlock-diagnostic-vm-options", off("-XX:+UnlockDiagnosticVMOptions")),
    ("unlock_commercial_features", Nothing("the JDKs of the images have none")),
    ("use-biased-locking", on("-XX:-UseBiasedLocking")),
    ("use_biased_locking", Nothing("cassc turns biased locking off where the JDK has it")),
    ("use_gc_log_file_rotation", GC_LOG),
    ("use_numa", Nothing("the default seccomp profile refuses it")),
    ("use_thread_priorities", on("-XX:+UseThreadPriorities")),
    ("use_tlb", on("-XX:+UseTLAB")),
];

/// What a name means; `None` for one that the definitions do not have.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning)
}
