//! Schedules as Reaper 4.2.3 keeps them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Request;
use super::model::{Model, RING, Reply, said};

/// A schedule.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "they are Reaper's own fields")]
pub(in super::super) struct Stored {
    pub(in super::super) id: String,
    pub(in super::super) owner: String,
    pub(in super::super) is_active: bool,
    pub(in super::super) keyspace: String,
    pub(in super::super) tables: Vec<String>,
    pub(in super::super) exclude: Vec<String>,
    pub(in super::super) datacenters: Vec<String>,
    pub(in super::super) days: i64,
    pub(in super::super) intensity: f32,
    pub(in super::super) parallelism: String,
    pub(in super::super) segments: i64,
    pub(in super::super) threads: i64,
    pub(in super::super) timeout: i64,
    pub(in super::super) incremental: bool,
    pub(in super::super) subrange: bool,
    pub(in super::super) adaptive: bool,
    pub(in super::super) threshold: i64,
    pub(in super::super) next: String,
}

impl Stored {
    /// As `GET` says it: lists in any order, and a widened number.
    fn json(&self) -> Value {
        let reversed = |names: &[String]| names.iter().rev().cloned().collect::<Vec<_>>();
        json!({
            "id": self.id, "owner": self.owner, "state": if self.is_active { "ACTIVE" } else { "PAUSED" },
            "cluster_name": RING, "keyspace_name": self.keyspace, "column_families": reversed(&self.tables),
            "blacklisted_tables": reversed(&self.exclude), "datacenters": reversed(&self.datacenters), "nodes": [],
            "intensity": f64::from(self.intensity), "incremental_repair": self.incremental,
            "subrange_incremental_repair": self.subrange, "repair_parallelism": self.parallelism,
            "scheduled_days_between": self.days, "segment_count_per_node": self.segments,
            "repair_thread_count": self.threads, "segment_timeout": self.timeout, "adaptive": self.adaptive,
            "percent_unrepaired_threshold": self.threshold, "repair_unit_id": self.unit(), "next_activation": self.next,
        })
    }

    /// What is repaired, without how.
    fn same(&self) -> (&str, BTreeSet<&String>, BTreeSet<&String>, BTreeSet<&String>, bool, bool) {
        let (tables, exclude) = (self.tables.iter().collect(), self.exclude.iter().collect());
        let datacenters = self.datacenters.iter().collect();
        (&self.keyspace, tables, exclude, datacenters, self.incremental, self.subrange)
    }

    /// The id of what is repaired: two schedules may share it.
    pub(in super::super) fn unit(&self) -> String {
        format!("{:?} {} {}", self.same(), self.threads, self.timeout)
    }
}

impl Model {
    /// Makes a schedule whatever there is already: two requests at the same time do that.
    pub(in super::super) fn plant(&mut self, schedule: Stored) -> String {
        self.made += 1;
        let id = format!("id-{:03}", self.made);
        self.schedules.push(Stored { id: id.clone(), ..schedule });
        id
    }

    pub(super) fn list(&self, request: &Request) -> Reply {
        let is_asked = request.get("clusterName").is_none_or(|name| self.knows(name));
        let found: Vec<Value> = self.schedules.iter().filter(|_| is_asked).map(Stored::json).collect();
        (200, json!(found).to_string())
    }

    pub(super) fn create(&mut self, request: &Request) -> Reply {
        let wanted = match self.wanted(request) {
            Ok(wanted) => wanted,
            Err(reply) => return reply,
        };
        if self.schedules.iter().any(|it| it.same() == wanted.same()) {
            return (204, String::new());
        }
        if let Some(other) = self.schedules.iter().find(|it| self.overlap(it, &wanted)) {
            let is_the_same =
                other.days == wanted.days && other.owner == wanted.owner && other.parallelism == wanted.parallelism;
            if is_the_same {
                return (204, String::new());
            }
            let text =
                format!("A repair schedule already exists for cluster \"{RING}\", keyspace \"{}\"", wanted.keyspace);
            return said(409, &text);
        }
        self.plant(wanted);
        (201, String::new())
    }

    /// What is asked for; or what is wrong with it.
    fn wanted(&self, request: &Request) -> Result<Stored, Reply> {
        let number = |name: &str, default: i64| request.get(name).map_or(Ok(default), str::parse);
        let not_found = |_| said(404, "HTTP 404 Not Found");
        let list =
            |name: &str| request.get(name).map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
        let is = |name: &str| request.get(name) == Some("true");
        let text = |name: &str| request.get(name).map(str::to_owned);
        let (subrange, incremental) = (is("subrangeIncrementalRepair"), is("incrementalRepair"));
        let stored = Stored {
            id: String::new(),
            owner: text("owner").ok_or_else(|| said(400, "missing query parameter \"owner\""))?,
            is_active: true,
            keyspace: text("keyspace").ok_or_else(|| said(400, "missing query parameter \"keyspace\""))?,
            tables: list("tables"),
            exclude: list("blacklistedTables"),
            datacenters: list("datacenters"), // whether there is such a one is not looked at
            days: number("scheduleDaysBetween", 0).map_err(not_found)?,
            intensity: text("intensity")
                .map_or(Ok(0.9), |it| it.parse::<f32>())
                .map_err(|_| said(400, "invalid intensity"))?,
            parallelism: text("repairParallelism").unwrap_or_else(|| "DATACENTER_AWARE".to_owned()),
            segments: number("segmentCountPerNode", 0).map_err(not_found)?,
            threads: number("repairThreadCount", 1).map_err(not_found)?,
            timeout: number("timeout", 30).map_err(not_found)?,
            incremental: incremental || subrange,
            subrange,
            adaptive: is("adaptive"),
            threshold: number("percentUnrepairedThreshold", -1).map_err(not_found)?,
            next: text("scheduleTriggerTime").unwrap_or_else(|| "2026-12-02T00:00:00Z".to_owned()),
        };
        self.refused(request, &stored).map_or(Ok(stored), Err)
    }

    fn refused(&self, request: &Request, wanted: &Stored) -> Option<Reply> {
        let has_both = |one: &str, other: &str| request.get(one).is_some() && request.get(other).is_some();
        if request.get("clusterName").is_none_or(|name| !self.knows(name)) {
            return Some(said(404, "No cluster found with name"));
        }
        if !(wanted.intensity > 0.0 && wanted.intensity <= 1.0) {
            return Some(said(400, "query parameter \"intensity\" must be in range (0,1]"));
        }
        if wanted.segments > 1000 {
            return Some(said(400, "segmentCountPerNode must be at most 1000"));
        }
        if has_both("nodes", "datacenters") || has_both("tables", "blacklistedTables") {
            return Some(said(400, "query parameters are mutually exclusive"));
        }
        if wanted.incremental && wanted.parallelism != "PARALLEL" {
            return Some(said(400, "It is not possible to mix sequential repair and incremental repairs."));
        }
        if wanted.next.as_str() < "2026" {
            return Some(said(400, "given schedule_trigger_time is too far in the past"));
        }
        if wanted.days == 0 {
            return Some(said(400, "missing required parameter: scheduleDaysBetween"));
        }
        if !self.reaches_nodes {
            return Some(said(500, "Server Error"));
        }
        let tables = self.keyspaces.get(&wanted.keyspace).filter(|tables| !tables.is_empty());
        let Some(tables) = tables else { return Some(said(404, "no column families found for keyspace")) };
        let is_missing = wanted.tables.iter().chain(&wanted.exclude).any(|table| !tables.contains(table));
        is_missing.then(|| said(404, "keyspace doesn't contain a table"))
    }

    /// Whether some table is repaired by both.
    fn overlap(&self, one: &Stored, other: &Stored) -> bool {
        let all = self.keyspaces.get(&one.keyspace);
        let tables = |it: &Stored| -> BTreeSet<String> {
            let all = if it.tables.is_empty() { all.cloned().unwrap_or_default() } else { it.tables.clone() };
            all.into_iter().filter(|table| !it.exclude.contains(table)).collect()
        };
        one.keyspace == other.keyspace && !tables(one).is_disjoint(&tables(other))
    }

    pub(super) fn patch(&mut self, id: &str, request: &Request) -> Reply {
        let patch: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let known = ["owner", "repair_parallelism", "intensity", "scheduled_days_between", "segment_count_per_node"];
        let mut known = known.iter().chain(&["adaptive", "percent_unrepaired_threshold"]);
        let days = patch["scheduled_days_between"].as_i64();
        let intensity = patch["intensity"].as_f64();
        if !known.any(|key| patch.get(*key).is_some()) {
            return said(422, r#"{"errors":["at least one value must be given"]}"#);
        }
        if intensity.is_some_and(|it| !(0.0..=1.0).contains(&it)) || days.is_some_and(|it| !(0..=31).contains(&it)) {
            return said(422, r#"{"errors":["out of range"]}"#);
        }
        let Some(found) = self.schedules.iter_mut().find(|it| it.id == id) else { return said(404, "") };
        found.owner = patch["owner"].as_str().unwrap_or(&found.owner).to_owned();
        found.parallelism = patch["repair_parallelism"].as_str().unwrap_or(&found.parallelism).to_owned();
        #[expect(clippy::cast_possible_truncation, reason = "Cassandra's storage has single precision")]
        let given = intensity.map(|it| it as f32);
        found.intensity = given.unwrap_or(found.intensity);
        found.days = days.unwrap_or(found.days);
        found.segments = patch["segment_count_per_node"].as_i64().unwrap_or(found.segments);
        found.adaptive = patch["adaptive"].as_bool().unwrap_or(false);
        found.threshold = patch["percent_unrepaired_threshold"].as_i64().unwrap_or(-1);
        (200, found.json().to_string())
    }

    pub(super) fn set_state(&mut self, id: &str, request: &Request) -> Reply {
        let Some(found) = self.schedules.iter_mut().find(|it| it.id == id) else { return said(404, "") };
        let is_active = match request.get("state") {
            Some("ACTIVE") => true,
            Some("PAUSED") => false,
            _ => return said(400, "invalid \"state\" argument"),
        };
        let is_same = found.is_active == is_active;
        found.is_active = is_active;
        (if is_same { 204 } else { 200 }, String::new())
    }

    pub(super) fn delete(&mut self, id: &str, request: &Request) -> Reply {
        let Some(found) = self.schedules.iter().find(|it| it.id == id) else { return said(404, "not found") };
        if found.is_active || request.get("owner") != Some(found.owner.as_str()) {
            return said(409, &format!("Repair schedule {id} currently running. Must be first stopped"));
        }
        self.schedules.retain(|it| it.id != id);
        (202, String::new())
    }

    pub(super) fn start(&mut self, id: &str) -> Reply {
        let found = self.schedules.iter().find(|it| it.id == id);
        found.map_or_else(|| said(404, ""), |found| (200, found.json().to_string()))
    }
}
