//! What Reaper is asked for.

use cassc_ring::reaper::{OWNER, Schedule, Scope, WHOLE_INTENSITY};
use cassc_settle::cluster::{Answer, Failure};
use cassc_settle::reaper::ReaperAct;
use hyper::Method;
use serde_json::{Value, json};

use super::{Asked, ReaperApi, Session};
use crate::http::{Body, segment};
use crate::management::Login;
use crate::{clock, log};

impl ReaperApi {
    /// Does one act about a ring that Reaper calls so.
    pub(crate) async fn act(&self, login: &Login, ring: &str, act: &ReaperAct) -> Answer<()> {
        let session = self.session(login).await?;
        let of_ring = format!("/cluster/{}", segment(ring));
        let (path, method, query, body) = match act {
            ReaperAct::Create { schedule } => return session.create(ring, schedule).await,
            ReaperAct::Register { seed_host } => {
                (of_ring, Method::PUT, vec![("seedHost", seed_host.as_str())], Body::Empty)
            }
            ReaperAct::Unregister => (of_ring, Method::DELETE, vec![("force", "true")], Body::Empty),
            ReaperAct::Patch { id, schedule, keeps_segments } => {
                (of_schedule(id), Method::PATCH, Vec::new(), Body::Json(patch(schedule, *keeps_segments)))
            }
            ReaperAct::Pause { id } => (of_schedule(id), Method::PUT, vec![("state", "PAUSED")], Body::Empty),
            ReaperAct::Resume { id } => (of_schedule(id), Method::PUT, vec![("state", "ACTIVE")], Body::Empty),
            ReaperAct::Delete { id } => (of_schedule(id), Method::DELETE, vec![("owner", OWNER)], Body::Empty),
        };
        session.ask(&path, Asked { method, query, body }).await?;
        Ok(())
    }
}

impl Session<'_> {
    /// Makes a schedule. Every value is said, so that Reaper's own configuration does not matter.
    async fn create(&self, ring: &str, schedule: &Schedule) -> Answer<()> {
        let texts = texts(ring, schedule);
        let query = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let asked = Asked { method: Method::POST, query, body: Body::Empty };
        let response = self.ask("/repair_schedule", asked).await?;
        if response.status == 204 {
            let text = "it has another schedule for some of the same tables, and made none".to_owned();
            return Err(Failure::Refused { status: 204, text });
        }
        Ok(())
    }
}

fn of_schedule(id: &str) -> String {
    format!("/repair_schedule/{}", segment(id))
}

/// The parameters of a new schedule. A first run that has passed is left out: Reaper refuses it, and midnight is as good.
fn texts(ring: &str, schedule: &Schedule) -> Vec<(&'static str, String)> {
    let is = |scope: Scope| (schedule.scope == scope).to_string();
    let mut texts = vec![
        ("clusterName", ring.to_owned()),
        ("keyspace", schedule.keyspace.clone()),
        ("owner", OWNER.to_owned()),
        ("scheduleDaysBetween", schedule.every_days.to_string()),
        ("segmentCountPerNode", schedule.segments_per_node.to_string()),
        ("repairParallelism", schedule.parallelism.name().to_owned()),
        ("intensity", decimal(schedule.intensity)),
        ("incrementalRepair", is(Scope::Incremental)),
        ("subrangeIncrementalRepair", is(Scope::SubrangeIncremental)),
        ("repairThreadCount", schedule.threads.to_string()),
        ("timeout", schedule.timeout_minutes.to_string()),
        ("adaptive", schedule.adaptive.to_string()),
    ];
    texts.extend(schedule.percent_unrepaired.map(|percent| ("percentUnrepairedThreshold", percent.to_string())));
    let lists = [
        ("tables", &schedule.tables),
        ("blacklistedTables", &schedule.exclude_tables),
        ("datacenters", &schedule.datacenters),
    ];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    texts.extend(lists.map(|(name, names)| (name, names.join(","))));
    let first = schedule.first_run.as_ref().filter(|time| log::seconds(time).is_some_and(|time| time > clock::now()));
    texts.extend(first.map(|time| ("scheduleTriggerTime", time.clone())));
    texts
}

/// What a PATCH changes. Without `adaptive` it would be taken away, and so would the threshold.
fn patch(schedule: &Schedule, keeps_segments: bool) -> Value {
    let mut patch = json!({
        "repair_parallelism": schedule.parallelism.name(),
        "intensity": f64::from(schedule.intensity) / f64::from(WHOLE_INTENSITY),
        "scheduled_days_between": schedule.every_days,
        "adaptive": schedule.adaptive,
        "percent_unrepaired_threshold": schedule.percent_unrepaired.map_or(-1, i64::from),
    });
    if !keeps_segments {
        patch["segment_count_per_node"] = json!(schedule.segments_per_node);
    }
    patch
}

/// An intensity as a decimal: 9000 is 0.9.
fn decimal(intensity: u32) -> String {
    let text = format!("{}.{:04}", intensity / WHOLE_INTENSITY, intensity % WHOLE_INTENSITY);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}
