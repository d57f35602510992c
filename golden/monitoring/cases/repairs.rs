//! Alerts about Reaper and its repairs.

use super::{Case, case};

pub(super) const CASES: &[Case] = &[
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
