//! Alerts about requests of clients, and what they wait for.

use super::{Case, case};

pub(super) const CASES: &[Case] = &[
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
];
