//! Alerts about the nodes and the ring.

use super::{Case, case};

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
];
