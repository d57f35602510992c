//! A schedule as it is written, and the same with every value written out.

use cassc_ring::reaper::{self, Parallelism, Scope, WHOLE_INTENSITY};
use schemars::JsonSchema;
use serde::Deserialize;

/// One schedule: a keyspace, or tables of it, that is repaired every few days.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are those of the topology")]
pub struct Schedule {
    /// The keyspace. It must have tables: until it has, the schedule waits for them.
    pub keyspace: String,
    /// Only these tables. By default all.
    #[serde(default)]
    pub tables: Vec<String>,
    /// All tables but these. Instead of `tables`.
    #[serde(default)]
    pub exclude_tables: Vec<String>,
    /// Only the nodes of these datacenters, by their `name`. By default all.
    #[serde(default)]
    pub datacenters: Vec<String>,
    /// Days from one run to the next, 1 to 31. Defaults to 7. Keep it below `gc_grace_seconds` of the tables, which is 10 days by
    /// default.
    pub every_days: Option<u32>,
    /// The part of the time that is repaired in, above 0 and at most 1. Defaults to 0.9; with 0.5, Reaper pauses as long as it repairs.
    pub intensity: Option<f64>,
    /// Which replicas of a range repair at the same time. Defaults to `datacenterAware`, and of incremental repairs to `parallel`.
    pub parallelism: Option<Parallelism>,
    /// Segments per node, 1 to 1000. Defaults to 64.
    pub segments_per_node: Option<u32>,
    /// Threads of a node that repair, 1 to 4. Defaults to 1.
    pub threads: Option<u32>,
    /// Minutes after which a segment is given up and tried again, 1 to 10080. Defaults to 30.
    pub timeout_minutes: Option<u32>,
    /// Whether only data that was not repaired before is compared. Defaults to `false`.
    #[serde(default)]
    pub incremental: bool,
    /// The same, segment by segment; Cassandra 4.0 and later. Defaults to `false`.
    #[serde(default)]
    pub subrange_incremental: bool,
    /// Whether Reaper may change segments and timeout after runs that were too slow. Defaults to `false`.
    #[serde(default)]
    pub adaptive: bool,
    /// Of incremental repairs: a run also begins when so many per cent are not repaired, 1 to 99. By default, by time alone.
    pub percent_unrepaired: Option<u32>,
    /// When it runs first, such as `2026-12-01T02:00:00Z`. Defaults to the next midnight UTC. Without effect once the schedule exists.
    pub first_run: Option<String>,
    /// Whether it does not run for now. Defaults to `false`.
    #[serde(default)]
    pub paused: bool,
}

impl Schedule {
    /// The same in the form of the ring, with the names of the topology; what is not written has its default.
    pub(crate) fn as_written(&self) -> reaper::Schedule {
        let scope = match (self.subrange_incremental, self.incremental) {
            (true, _) => Scope::SubrangeIncremental,
            (false, true) => Scope::Incremental,
            (false, false) => Scope::Full,
        };
        let usual = reaper::Schedule::of(&self.keyspace);
        let parallelism = if scope == Scope::Full { usual.parallelism } else { Parallelism::Parallel };
        reaper::Schedule {
            tables: self.tables.clone(),
            exclude_tables: self.exclude_tables.clone(),
            datacenters: self.datacenters.clone(),
            every_days: self.every_days.unwrap_or(usual.every_days),
            intensity: self.intensity.map_or(usual.intensity, parts),
            parallelism: self.parallelism.unwrap_or(parallelism),
            segments_per_node: self.segments_per_node.unwrap_or(usual.segments_per_node),
            threads: self.threads.unwrap_or(usual.threads),
            timeout_minutes: self.timeout_minutes.unwrap_or(usual.timeout_minutes),
            scope,
            adaptive: self.adaptive,
            percent_unrepaired: self.percent_unrepaired,
            first_run: self.first_run.clone(),
            paused: self.paused,
            ..usual
        }
    }
}

/// The parts of [`WHOLE_INTENSITY`] of an intensity; what is no number, or below 0, has none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float takes the nearest number"
)]
fn parts(intensity: f64) -> u32 {
    (intensity * f64::from(WHOLE_INTENSITY)).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intensity_is_counted_in_parts() {
        let counted = [0.9, 0.899_999_976_158_142_1, 1.0, 0.0, -1.0, f64::NAN, 0.00001, 1e300].map(parts);
        assert_eq!(counted, [9000, 9000, 10_000, 0, 0, 0, 0, u32::MAX]);
    }
}
