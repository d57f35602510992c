//! What Reaper says and what it is asked for, as values.

use cassc_ring::reaper::{OWNER, Reaper, Schedule, Scope, symbolic_name};
use serde::{Deserialize, Serialize};

/// Where Reaper is asked, and about which ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaperAt {
    /// The Service with its REST interface, in the home namespace of the program.
    pub service: String,
    /// The Secret to log in with.
    pub ui_secret: String,
    /// The ring as Reaper calls it.
    pub ring: String,
}

impl ReaperAt {
    /// The Reaper of a ring.
    pub fn of(reaper: &Reaper, cluster_name: &str) -> Self {
        let (service, ui_secret) = (reaper.service.clone(), reaper.ui_secret.clone());
        Self { service, ui_secret, ring: symbolic_name(cluster_name) }
    }
}

/// What Reaper says of the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaperSeen {
    /// Whether it knows the ring.
    pub registration: Registration,
    /// The schedules of the ring, of all owners.
    pub schedules: Vec<Live>,
}

/// How Reaper knows a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Not at all.
    Missing,
    /// By the loopback address: sidecars registered it. Only they can work with that.
    OfSidecars,
    /// By another address.
    ByAddress,
}

/// A schedule as Reaper has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Its UUID.
    pub id: String,
    /// Who made it.
    pub owner: String,
    /// What it repairs and when, with lists sorted; `first_run` is never said, `paused` is its state.
    pub content: Schedule,
    /// Only these nodes; no schedule of ours has any.
    pub nodes: Vec<String>,
    /// When it runs next, in UTC.
    pub next_run: Option<String>,
    /// When a run of it last ended with everything repaired, as far as Reaper remembers.
    pub last_success: Option<String>,
}

impl Live {
    /// Whether the program made it.
    pub fn is_ours(&self) -> bool {
        self.owner == OWNER
    }
}

/// What is asked of Reaper. That it answered proves nothing: it is looked at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ReaperAct {
    /// `PUT /cluster/{ring}?seedHost=`.
    Register {
        /// The host through which it finds the nodes.
        seed_host: String,
    },
    /// `DELETE /cluster/{ring}?force=true`: its schedules go, too.
    Unregister,
    /// `POST /repair_schedule`.
    Create {
        /// What, whether it is paused or not: a new schedule is active.
        schedule: Schedule,
    },
    /// `PATCH /repair_schedule/{id}`.
    Patch {
        /// Its UUID.
        id: String,
        /// What it is to be. Only what a PATCH can change is sent.
        schedule: Schedule,
        /// Whether the segments stay as Reaper has adapted them.
        keeps_segments: bool,
    },
    /// `PUT /repair_schedule/{id}?state=PAUSED`.
    Pause {
        /// Its UUID.
        id: String,
    },
    /// `PUT /repair_schedule/{id}?state=ACTIVE`.
    Resume {
        /// Its UUID.
        id: String,
    },
    /// `DELETE /repair_schedule/{id}?owner=`.
    Delete {
        /// Its UUID.
        id: String,
    },
}

/// What a schedule repairs, for a reader: no two schedules that Reaper tells apart have the same.
pub fn what(schedule: &Schedule) -> String {
    let lists = [
        (" (only ", &schedule.tables, ")"),
        (" (without ", &schedule.exclude_tables, ")"),
        (" in ", &schedule.datacenters, ""),
    ];
    let said = |(before, names, after): (&str, &Vec<String>, &str)| {
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        format!("{before}{}{after}", names.join(", "))
    };
    let only: String = lists.into_iter().filter(|(_, names, _)| !names.is_empty()).map(said).collect();
    let scope = match schedule.scope {
        Scope::Full => "",
        Scope::Incremental => ", incremental",
        Scope::SubrangeIncremental => ", incremental by subranges",
    };
    format!("{}{only}{scope}", schedule.keyspace)
}
