//! Alerts about disk, memory, compactions, certificates.

use super::{Case, case};

pub(super) const CASES: &[Case] = &[
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
];
