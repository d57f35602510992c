//! Alerts about the program in the cluster, and Jobs.

use super::{Case, case};

pub(super) const CASES: &[Case] = &[
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
];
