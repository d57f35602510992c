//! For each alert series that raise it, and series that are alike and do not. `NODE-a0` stands for the labels of the first node of rack
//! `a`, `CLUSTER` for those of the cluster; values are in the form of promtool, one each minute: `0+60x9` begins at 0 and grows by 60
//! nine times, `5x9` is 5 ten times.

/// An alert, and when it is looked for.
pub(super) struct Case {
    pub(super) alert: &'static str,
    pub(super) minute: u32,
    pub(super) wrong: &'static [(&'static str, &'static str)],
    pub(super) right: &'static [(&'static str, &'static str)],
}

const fn case(
    alert: &'static str,
    minute: u32,
    wrong: &'static [(&'static str, &'static str)],
    right: &'static [(&'static str, &'static str)],
) -> Case {
    Case { alert, minute, wrong, right }
}

/// Every alert, in the order of the rules.
pub(super) const CASES: &[Case] = &[
    case(
        "CassandraMetricsMissing",
        20,
        &[(r#"up{NODE-a0,endpoint="admin"}"#, "1x30")],
        &[(r#"up{NODE-a0,endpoint="metrics"}"#, "0x30")],
    ),
    case(
        "CassandraNodeDown",
        6,
        &[(r#"up{NODE-a0,endpoint="metrics"}"#, "0x9"), (r#"up{NODE-a1,endpoint="metrics"}"#, "1x9")],
        // The same pod with its old and its new address.
        &[
            (r#"up{NODE-a0,endpoint="metrics",instance="192.0.2.1:9000"}"#, "0x9"),
            (r#"up{NODE-a0,endpoint="metrics",instance="192.0.2.2:9000"}"#, "1x9"),
            (r#"up{NODE-a0,endpoint="admin"}"#, "0x9"),
        ],
    ),
    case(
        "CassandraPodNotReady",
        35,
        &[
            (r#"kube_statefulset_replicas{namespace="shop",statefulset="shop-dc1-a-sts"}"#, "2x40"),
            (r#"kube_statefulset_status_replicas_ready{namespace="shop",statefulset="shop-dc1-a-sts"}"#, "1x40"),
        ],
        &[
            (r#"kube_statefulset_replicas{namespace="shop",statefulset="shop-dc1-a-sts"}"#, "2x40"),
            (r#"kube_statefulset_status_replicas_ready{namespace="shop",statefulset="shop-dc1-a-sts"}"#, "2x40"),
            (r#"kube_statefulset_replicas{namespace="shop",statefulset="other"}"#, "2x40"),
            (r#"kube_statefulset_status_replicas_ready{namespace="shop",statefulset="other"}"#, "0x40"),
        ],
    ),
    case(
        "CassandraQuorumLost",
        14,
        &[
            (r#"up{NODE-a0,endpoint="metrics"}"#, "1x9 0x9"),
            (r#"up{NODE-b1,endpoint="metrics"}"#, "1x9 0x9"),
            (r#"up{NODE-c0,endpoint="metrics"}"#, "1x20"),
        ],
        // Two nodes of one rack; and in another one a node that joins for the first time.
        &[
            (r#"up{NODE-a0,endpoint="metrics"}"#, "1x9 0x9"),
            (r#"up{NODE-a1,endpoint="metrics"}"#, "1x9 0x9"),
            (r#"up{NODE-b0,endpoint="metrics"}"#, "1x20"),
            (r#"up{NODE-b1,endpoint="metrics"}"#, "0x20"),
        ],
    ),
    case(
        "CassandraRingNotWhole",
        125,
        &[
            (r#"up{NODE-a0,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-a1,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-b0,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-b1,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-c0,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-c1,endpoint="metrics"}"#, "0x130"),
        ],
        &[
            (r#"up{NODE-a0,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-a1,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-b0,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-b1,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-c0,endpoint="metrics"}"#, "1x130"),
            (r#"up{NODE-c1,endpoint="metrics"}"#, "0x60 1x70"),
        ],
    ),
    case(
        "CassandraNodeRestarts",
        70,
        &[(
            r#"kube_pod_container_status_restarts_total{namespace="shop",pod="shop-dc1-a-sts-0",container="cassandra"}"#,
            "0x9 1x9 2x9 3x9 4x9 5x30",
        )],
        &[
            (
                r#"kube_pod_container_status_restarts_total{namespace="shop",pod="shop-dc1-a-sts-0",container="cassandra"}"#,
                "7x30 8x50",
            ),
            (
                r#"kube_pod_container_status_restarts_total{namespace="shop",pod="shop-dc1-a-sts-0",container="reaper"}"#,
                "0+1x80",
            ),
        ],
    ),
    case(
        "CassandraSchemaChangesWait",
        20,
        &[
            (r#"org_apache_cassandra_metrics_thread_pools_active_tasks{NODE-a0,pool_name="MigrationStage"}"#, "1x30"),
            (r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="MigrationStage"}"#, "0x30"),
        ],
        &[
            (
                r#"org_apache_cassandra_metrics_thread_pools_active_tasks{NODE-a0,pool_name="MigrationStage"}"#,
                "1x9 0x1 1x9 0x9",
            ),
            (r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="MigrationStage"}"#, "0x30"),
        ],
    ),
    case(
        "CassandraStorageExceptions",
        9,
        &[("org_apache_cassandra_metrics_storage_exceptions{NODE-a0}", "0x5 3x20")],
        &[("org_apache_cassandra_metrics_storage_exceptions{NODE-a0}", "3x30")],
    ),
    case(
        "CassandraReadLatency",
        20,
        &[
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="379022"}"#,
                "0x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="654949"}"#,
                "0+100x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="+Inf"}"#,
                "0+100x40",
            ),
        ],
        // The half is as slow, but of writes; and one in a thousand reads.
        &[
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="4768"}"#,
                "0+999x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="654949"}"#,
                "0+1000x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="+Inf"}"#,
                "0+1000x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Write",le="+Inf"}"#,
                "0+100x40",
            ),
        ],
    ),
    case(
        "CassandraWriteLatency",
        20,
        &[
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Write",le="219342"}"#,
                "0x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Write",le="379022"}"#,
                "0+100x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Write",le="+Inf"}"#,
                "0+100x40",
            ),
        ],
        &[
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Write",le="73457"}"#,
                "0+100x40",
            ),
            (
                r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Write",le="+Inf"}"#,
                "0+100x40",
            ),
        ],
    ),
    case(
        "CassandraRequestTimeouts",
        20,
        &[
            (r#"org_apache_cassandra_metrics_client_request_timeouts_total{NODE-a0,request_type="Read"}"#, "0+1x40"),
            (r#"org_apache_cassandra_metrics_client_request_latency_count{NODE-a0,request_type="Read"}"#, "0+100x40"),
        ],
        &[
            (r#"org_apache_cassandra_metrics_client_request_timeouts_total{NODE-a0,request_type="Read"}"#, "0+1x40"),
            (r#"org_apache_cassandra_metrics_client_request_latency_count{NODE-a0,request_type="Read"}"#, "0+10000x40"),
        ],
    ),
    case(
        "CassandraUnavailable",
        10,
        &[(
            r#"org_apache_cassandra_metrics_client_request_unavailables_total{NODE-a0,request_type="Write"}"#,
            "0+1x20",
        )],
        &[(r#"org_apache_cassandra_metrics_client_request_unavailables_total{NODE-a0,request_type="Write"}"#, "9x20")],
    ),
    case(
        "CassandraRequestFailures",
        20,
        &[(r#"org_apache_cassandra_metrics_client_request_failures_total{NODE-a0,request_type="Read"}"#, "0+60x40")],
        &[(r#"org_apache_cassandra_metrics_client_request_failures_total{NODE-a0,request_type="Read"}"#, "0+1x40")],
    ),
    case(
        "CassandraDroppedMessages",
        20,
        &[(
            r#"org_apache_cassandra_metrics_dropped_message_dropped_total{NODE-a0,message_type="MUTATION_REQ"}"#,
            "0+120x40",
        )],
        &[(
            r#"org_apache_cassandra_metrics_dropped_message_dropped_total{NODE-a0,message_type="MUTATION_REQ"}"#,
            "0+1x40",
        )],
    ),
    case(
        "CassandraRequestsPending",
        15,
        &[(r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="ReadStage"}"#, "200x40")],
        &[
            (r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="ReadStage"}"#, "20x40"),
            (
                r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="CompactionExecutor"}"#,
                "900x40",
            ),
        ],
    ),
    case(
        "CassandraBlockedRequests",
        20,
        &[(
            r#"org_apache_cassandra_metrics_thread_pools_total_blocked_tasks{NODE-a0,pool_name="Native-Transport-Requests"}"#,
            "0+1x40",
        )],
        &[(
            r#"org_apache_cassandra_metrics_thread_pools_total_blocked_tasks{NODE-a0,pool_name="Native-Transport-Requests"}"#,
            "7x40",
        )],
    ),
    case(
        "CassandraBackgroundTasksPending",
        20,
        &[(
            r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="MemtableFlushWriter"}"#,
            "60x40",
        )],
        &[(
            r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="MemtableFlushWriter"}"#,
            "3x40",
        )],
    ),
    case(
        "CassandraHintsStored",
        45,
        &[("org_apache_cassandra_metrics_storage_total_hints{NODE-a0}", "0+1x60")],
        &[("org_apache_cassandra_metrics_storage_total_hints{NODE-a0}", "0+1x20 20x40")],
    ),
    case(
        "CassandraTombstones",
        40,
        &[(
            r#"org_apache_cassandra_metrics_table_tombstone_scanned_histogram{NODE-a0,keyspace="carts",table="open",quantile="0.99"}"#,
            "2000x60",
        )],
        &[
            (
                r#"org_apache_cassandra_metrics_table_tombstone_scanned_histogram{NODE-a0,keyspace="carts",table="open",quantile="0.99"}"#,
                "10x60",
            ),
            (
                r#"org_apache_cassandra_metrics_table_tombstone_scanned_histogram{NODE-a0,keyspace="carts",table="open",quantile="0.999"}"#,
                "2000x60",
            ),
        ],
    ),
    case(
        "CassandraCompactionsPending",
        40,
        &[("org_apache_cassandra_metrics_compaction_pending_tasks{NODE-a0}", "150x60")],
        &[("org_apache_cassandra_metrics_compaction_pending_tasks{NODE-a0}", "150x20 3x40")],
    ),
    case(
        "CassandraHeapFull",
        25,
        &[
            (r#"jvm_memory_bytes_used{NODE-a0,area="heap"}"#, "95x40"),
            (r#"jvm_memory_bytes_max{NODE-a0,area="heap"}"#, "100x40"),
        ],
        // Full between two collections, as it is meant to be.
        &[
            (r#"jvm_memory_bytes_used{NODE-a0,area="heap"}"#, "95x8 40x0 95x8 40x0 95x8 40x0"),
            (r#"jvm_memory_bytes_max{NODE-a0,area="heap"}"#, "100x40"),
        ],
    ),
    case(
        "CassandraGarbageCollection",
        20,
        &[("jvm_gc_collection_seconds_sum{NODE-a0}", "0+12x40")],
        &[("jvm_gc_collection_seconds_sum{NODE-a0}", "0+1x40")],
    ),
    case(
        "CassandraDiskFillsUp",
        20,
        &[
            (
                r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="commitlog-shop-dc1-a-sts-1"}"#,
                "80x40",
            ),
            (
                r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="commitlog-shop-dc1-a-sts-1"}"#,
                "100x40",
            ),
        ],
        &[
            (
                r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "60x40",
            ),
            (
                r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "100x40",
            ),
            (r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="other"}"#, "99x40"),
            (r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="other"}"#, "100x40"),
        ],
    ),
    case(
        "CassandraDiskFull",
        10,
        &[
            (
                r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "95x40",
            ),
            (
                r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "100x40",
            ),
        ],
        &[
            (
                r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "80x40",
            ),
            (
                r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "100x40",
            ),
        ],
    ),
    case(
        "CassandraDiskFullSoon",
        450,
        &[
            (
                r#"kubelet_volume_stats_available_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "400-0.2x500",
            ),
            (
                r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "600+0.2x500",
            ),
            (
                r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "1000x500",
            ),
        ],
        // A disk that fills up a hundred times slower.
        &[
            (
                r#"kubelet_volume_stats_available_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "400-0.002x500",
            ),
            (
                r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "600+0.002x500",
            ),
            (
                r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
                "1000x500",
            ),
        ],
    ),
    // The tests begin in 1970: ten days, and sixty.
    case(
        "CassandraCertificateExpires",
        70,
        &[(
            r#"certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="shop-management"}"#,
            "864000x80",
        )],
        &[
            (
                r#"certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="shop-management"}"#,
                "5184000x80",
            ),
            (r#"certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="never-issued"}"#, "0x80"),
            (r#"certmanager_certificate_expiration_timestamp_seconds{namespace="other",name="x"}"#, "864000x80"),
        ],
    ),
    case(
        "CassandraStepRefused",
        5,
        &[
            (r#"kube_job_created{namespace="shop",job_name="shop-settle-0123abcd"}"#, "100x9"),
            (r#"kube_job_failed{namespace="shop",job_name="shop-settle-0123abcd",condition="true"}"#, "1x9"),
        ],
        // The Job of the next commit is there.
        &[
            (r#"kube_job_created{namespace="shop",job_name="shop-settle-0123abcd"}"#, "100x9"),
            (r#"kube_job_failed{namespace="shop",job_name="shop-settle-0123abcd",condition="true"}"#, "1x9"),
            (r#"kube_job_created{namespace="shop",job_name="shop-settle-89abcdef"}"#, "200x9"),
        ],
    ),
    case(
        "CassandraStepStuck",
        600,
        &[
            (r#"kube_job_status_start_time{namespace="shop",job_name="shop-settle-0123abcd"}"#, "0x610"),
            (r#"kube_job_status_active{namespace="shop",job_name="shop-settle-0123abcd"}"#, "1x610"),
        ],
        &[
            (r#"kube_job_status_start_time{namespace="shop",job_name="shop-settle-0123abcd"}"#, "0x610"),
            (r#"kube_job_status_active{namespace="shop",job_name="shop-settle-0123abcd"}"#, "0x610"),
            (r#"kube_job_status_start_time{namespace="shop",job_name="shop-settle-89abcdef"}"#, "30000x610"),
            (r#"kube_job_status_active{namespace="shop",job_name="shop-settle-89abcdef"}"#, "1x610"),
        ],
    ),
    case(
        "CassandraPodsBehindTemplate",
        190,
        &[
            (r#"kube_statefulset_replicas{namespace="shop",statefulset="shop-dc1-b-sts"}"#, "2x200"),
            (r#"kube_statefulset_status_replicas_updated{namespace="shop",statefulset="shop-dc1-b-sts"}"#, "1x200"),
        ],
        &[
            (r#"kube_statefulset_replicas{namespace="shop",statefulset="shop-dc1-b-sts"}"#, "2x200"),
            (
                r#"kube_statefulset_status_replicas_updated{namespace="shop",statefulset="shop-dc1-b-sts"}"#,
                "1x100 2x100",
            ),
        ],
    ),
    case(
        "CassandraReaperTablesFailed",
        3,
        &[(r#"kube_job_failed{namespace="shop",job_name="shop-reaper-init-schema",condition="true"}"#, "1x9")],
        &[(r#"kube_job_failed{namespace="shop",job_name="shop-reaper-init-schema",condition="true"}"#, "0x9")],
    ),
    case(
        "CassandraReaperDown",
        65,
        &[(r#"up{NODE-a0,endpoint="admin"}"#, "0x80"), (r#"up{NODE-b0,endpoint="admin"}"#, "0x80")],
        &[(r#"up{NODE-a0,endpoint="admin"}"#, "0x80"), (r#"up{NODE-b0,endpoint="admin"}"#, "1x80")],
    ),
    // Nine days are more than seven and a tenth, and a day; four are not more than three and a tenth, and a day.
    case(
        "CassandraRepairOverdue",
        65,
        &[(
            r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-a0,endpoint="admin",keyspace="carts",scheduleid="1"}"#,
            "777600000x80",
        )],
        &[
            (
                r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-a0,endpoint="admin",keyspace="carts",scheduleid="1"}"#,
                "777600000x80",
            ),
            (
                r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-b0,endpoint="admin",keyspace="carts",scheduleid="1"}"#,
                "86400000x80",
            ),
            (
                r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-b0,endpoint="admin",keyspace="events",scheduleid="2"}"#,
                "345600000x80",
            ),
            (
                r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-b0,endpoint="admin",keyspace="old",scheduleid="3"}"#,
                "7776000000x80",
            ),
            (
                r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-b0,endpoint="admin",keyspace="carts",scheduleid="4"}"#,
                "1790000000000x80",
            ),
        ],
    ),
    case(
        "CassandraRepairNeverDone",
        13000,
        &[(
            r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-a0,endpoint="admin",keyspace="carts",scheduleid="1"}"#,
            "1790000000000x13100",
        )],
        // A schedule that is two days old.
        &[(
            r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-a0,endpoint="admin",keyspace="carts",scheduleid="1"}"#,
            "_x10000 1790000000000x3100",
        )],
    ),
];

/// What every metric is like where nothing is wrong.
pub(super) const HEALTHY: &[(&str, &str)] = &[
    (r#"up{NODE-a0,endpoint="metrics"}"#, "1x250"),
    (r#"up{NODE-a1,endpoint="metrics"}"#, "1x250"),
    (r#"up{NODE-b0,endpoint="metrics"}"#, "1x250"),
    (r#"up{NODE-b1,endpoint="metrics"}"#, "1x250"),
    (r#"up{NODE-c0,endpoint="metrics"}"#, "1x250"),
    (r#"up{NODE-c1,endpoint="metrics"}"#, "1x250"),
    (r#"up{NODE-a0,endpoint="admin"}"#, "1x250"),
    (r#"kube_statefulset_replicas{namespace="shop",statefulset="shop-dc1-a-sts"}"#, "2x250"),
    (r#"kube_statefulset_status_replicas_ready{namespace="shop",statefulset="shop-dc1-a-sts"}"#, "2x250"),
    (r#"kube_statefulset_status_replicas_updated{namespace="shop",statefulset="shop-dc1-a-sts"}"#, "2x250"),
    (
        r#"kube_pod_container_status_restarts_total{namespace="shop",pod="shop-dc1-a-sts-0",container="cassandra"}"#,
        "2x250",
    ),
    (r#"org_apache_cassandra_metrics_thread_pools_active_tasks{NODE-a0,pool_name="MigrationStage"}"#, "0x250"),
    (r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="MigrationStage"}"#, "0x250"),
    (r#"org_apache_cassandra_metrics_thread_pools_pending_tasks{NODE-a0,pool_name="ReadStage"}"#, "1x250"),
    (r#"org_apache_cassandra_metrics_thread_pools_total_blocked_tasks{NODE-a0,pool_name="ReadStage"}"#, "0x250"),
    ("org_apache_cassandra_metrics_storage_exceptions{NODE-a0}", "0x250"),
    ("org_apache_cassandra_metrics_storage_total_hints{NODE-a0}", "4x250"),
    (r#"org_apache_cassandra_metrics_client_request_latency_count{NODE-a0,request_type="Read"}"#, "0+6000x250"),
    (r#"org_apache_cassandra_metrics_client_request_timeouts_total{NODE-a0,request_type="Read"}"#, "3x250"),
    (r#"org_apache_cassandra_metrics_client_request_unavailables_total{NODE-a0,request_type="Read"}"#, "0x250"),
    (r#"org_apache_cassandra_metrics_client_request_failures_total{NODE-a0,request_type="Read"}"#, "0x250"),
    (
        r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="4768"}"#,
        "0+6000x250",
    ),
    (
        r#"org_apache_cassandra_metrics_client_request_latency_bucket{NODE-a0,request_type="Read",le="+Inf"}"#,
        "0+6000x250",
    ),
    (r#"org_apache_cassandra_metrics_dropped_message_dropped_total{NODE-a0,message_type="READ_REQ"}"#, "0x250"),
    ("org_apache_cassandra_metrics_compaction_pending_tasks{NODE-a0}", "2x250"),
    (r#"jvm_memory_bytes_used{NODE-a0,area="heap"}"#, "40x250"),
    (r#"jvm_memory_bytes_max{NODE-a0,area="heap"}"#, "100x250"),
    ("jvm_gc_collection_seconds_sum{NODE-a0}", "0+0.2x250"),
    (
        r#"kubelet_volume_stats_available_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
        "600x250",
    ),
    (
        r#"kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
        "400x250",
    ),
    (
        r#"kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="server-data-shop-dc1-a-sts-0"}"#,
        "1000x250",
    ),
    (r#"kube_job_created{namespace="shop",job_name="shop-settle-0123abcd"}"#, "100x250"),
    (r#"kube_job_status_start_time{namespace="shop",job_name="shop-settle-0123abcd"}"#, "100x250"),
    (r#"kube_job_status_active{namespace="shop",job_name="shop-settle-0123abcd"}"#, "0x250"),
    (
        r#"io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule{NODE-a0,endpoint="admin",keyspace="carts",scheduleid="1"}"#,
        "86400000+60000x250",
    ),
];
