//! A ring in which nothing is wrong.

/// What every metric is like where nothing is wrong.
pub(in crate::monitoring) const HEALTHY: &[(&str, &str)] = &[
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
