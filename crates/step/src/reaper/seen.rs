//! What Reaper says of a ring: whether it knows it, its schedules, and when runs of them last succeeded.

use std::collections::BTreeMap;

use cassc_ring::reaper::{Parallelism, Schedule, Scope, WHOLE_INTENSITY};
use cassc_settle::cluster::{Answer, Failure};
use cassc_settle::reaper::{Live, ReaperSeen, Registration};
use serde::Deserialize;

use super::{ReaperApi, Session};
use crate::management::Login;

/// What sidecars register their ring with.
const LOOPBACK: &str = "127.0.0.1";

/// An item of `GET /repair_schedule`.
#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    owner: String,
    state: String,
    keyspace_name: String,
    column_families: Option<Vec<String>>,
    blacklisted_tables: Option<Vec<String>>,
    datacenters: Option<Vec<String>>,
    nodes: Option<Vec<String>>,
    intensity: f64,
    incremental_repair: bool,
    #[serde(default)]
    subrange_incremental_repair: bool,
    repair_parallelism: String,
    scheduled_days_between: i64,
    segment_count_per_node: i64,
    repair_thread_count: i64,
    segment_timeout: i64,
    #[serde(default)]
    adaptive: bool,
    percent_unrepaired_threshold: Option<i64>,
    repair_unit_id: Option<String>,
    next_activation: Option<String>,
}

/// An item of `GET /repair_run`.
#[derive(Debug, Deserialize)]
struct Run {
    repair_unit_id: Option<String>,
    end_time: Option<String>,
}

impl ReaperApi {
    /// What Reaper says of a ring that it calls so.
    pub(crate) async fn seen(&self, login: &Login, ring: &str) -> Answer<ReaperSeen> {
        let session = self.session(login).await?;
        let registration = session.registration(ring).await?;
        if registration == Registration::Missing {
            return Ok(ReaperSeen { registration, schedules: Vec::new() });
        }
        let listed: Vec<Listed> = session.get("/repair_schedule", vec![("clusterName", ring)]).await?;
        let successes = session.successes(ring).await;
        let there = listed.into_iter().filter(|it| it.state != "DELETED");
        let schedules = there.map(|it| live(it, &successes)).collect::<Answer<_>>()?;
        Ok(ReaperSeen { registration, schedules })
    }
}

impl Session<'_> {
    /// How a ring is registered. Asked of the list: the ring itself answers 500 while its nodes are not reached.
    async fn registration(&self, ring: &str) -> Answer<Registration> {
        let is_listed = |rings: &[String]| rings.iter().any(|it| it == ring);
        if !is_listed(&self.get::<Vec<String>>("/cluster", Vec::new()).await?) {
            return Ok(Registration::Missing);
        }
        let of_sidecars = self.get::<Vec<String>>("/cluster", vec![("seedHost", LOOPBACK)]).await?;
        Ok(if is_listed(&of_sidecars) { Registration::OfSidecars } else { Registration::ByAddress })
    }

    /// When a run last succeeded, by what was repaired. Only shown, so that it may be missing.
    async fn successes(&self, ring: &str) -> BTreeMap<String, String> {
        let query = vec![("cluster_name", ring), ("state", "DONE")];
        let runs: Vec<Run> = self.get("/repair_run", query).await.unwrap_or_default();
        let mut successes = BTreeMap::new();
        for (unit, end) in runs.into_iter().filter_map(|run| Some((run.repair_unit_id?, run.end_time?))) {
            // All times are UTC of one form, so that the later one is the greater one.
            let last: &mut String = successes.entry(unit).or_default();
            if end > *last {
                *last = end;
            }
        }
        successes
    }
}

/// A schedule as it is compared.
fn live(listed: Listed, successes: &BTreeMap<String, String>) -> Answer<Live> {
    let last_success = listed.repair_unit_id.as_ref().and_then(|unit| successes.get(unit)).cloned();
    let scope = match (listed.incremental_repair, listed.subrange_incremental_repair) {
        (_, true) => Scope::SubrangeIncremental, // then Reaper says both
        (true, false) => Scope::Incremental,
        (false, false) => Scope::Full,
    };
    let content = Schedule {
        keyspace: listed.keyspace_name,
        tables: sorted(listed.column_families),
        exclude_tables: sorted(listed.blacklisted_tables),
        datacenters: sorted(listed.datacenters),
        every_days: number(listed.scheduled_days_between),
        intensity: parts(listed.intensity),
        parallelism: parallelism(&listed.repair_parallelism)?,
        segments_per_node: number(listed.segment_count_per_node),
        threads: number(listed.repair_thread_count),
        timeout_minutes: number(listed.segment_timeout),
        scope,
        adaptive: listed.adaptive,
        percent_unrepaired: listed.percent_unrepaired_threshold.map(number).filter(|percent| *percent > 0),
        first_run: None,
        paused: listed.state == "PAUSED",
    };
    let (id, owner, next_run) = (listed.id, listed.owner, listed.next_activation);
    Ok(Live { id, owner, content, nodes: sorted(listed.nodes), next_run, last_success })
}

fn sorted(names: Option<Vec<String>>) -> Vec<String> {
    let mut names = names.unwrap_or_default();
    names.sort_unstable();
    names
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

/// An intensity in parts of [`WHOLE_INTENSITY`]: Reaper answers with widened numbers of single precision.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` keeps within the range of the type")]
fn parts(intensity: f64) -> u32 {
    (intensity * f64::from(WHOLE_INTENSITY)).round() as u32
}

fn parallelism(name: &str) -> Answer<Parallelism> {
    let all = [Parallelism::Sequential, Parallelism::Parallel, Parallelism::DatacenterAware];
    let found = all.into_iter().find(|it| it.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| Failure::Refused { status: 200, text: format!("the parallelism `{name}` is not known") })
}
