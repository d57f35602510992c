//! What is remembered of Reaper: what it said of its schedules, and what it refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cluster::Failure;
use crate::observed::Time;
use crate::reaper::ReaperAct;

/// How long what may pass soon is waited for before the topology is called settled without it, in seconds: longer than Reaper tries
/// to reach Cassandra when it starts (765 s).
pub const PATIENCE: Time = 900;

/// What is remembered of Reaper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Repairs {
    /// The schedules of ours, as Reaper said them last.
    pub schedules: Vec<Told>,
    /// The schedules of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Told>,
    /// Since when it does not answer as it should.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Time>,
    /// Since when it answers and does not know the ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_since: Option<Time>,
    /// What it did not do, by what that was about.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub troubles: BTreeMap<String, Trouble>,
}

/// A schedule as Reaper said it last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told {
    /// Its UUID.
    pub id: String,
    /// What it repairs.
    pub what: String,
    /// Who made it, where that is not this program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Days from one run to the next.
    pub every_days: u32,
    /// Whether it does not run for now.
    pub paused: bool,
    /// When it runs next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_run: Option<String>,
    /// When a run last ended with everything repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_success: Option<String>,
}

/// An act that Reaper did not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// The act. Another one about the same is tried at once.
    pub act: ReaperAct,
    /// What Reaper said.
    pub text: String,
    /// What may help.
    pub kind: TroubleKind,
    /// When it was refused first.
    pub since: Time,
    /// When it was tried last.
    pub tried: Time,
}

/// What may help against a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TroubleKind {
    /// It may pass within minutes: Reaper or Cassandra is not ready.
    Soon,
    /// It may pass some day: an application has no tables yet.
    Later,
    /// Only a person helps.
    Never,
}

/// What is remembered of an act that Reaper did not do. Nothing, where what it was about is gone: the next look shows that.
pub fn trouble(act: &ReaperAct, failure: &Failure, now: Time) -> Option<Trouble> {
    let is_made = matches!(act, ReaperAct::Create { .. });
    let (kind, text) = match failure {
        Failure::NotFound => (TroubleKind::Later, "not found".to_owned()),
        Failure::Conflict => (TroubleKind::Soon, "it changed meanwhile".to_owned()),
        Failure::TooManyRequests(text) | Failure::Unknown(text) => (TroubleKind::Soon, text.clone()),
        Failure::Refused { status, text } => (kind(act, *status), text.clone()),
    };
    let is_gone = kind == TroubleKind::Later && !is_made;
    (!is_gone).then(|| Trouble { act: act.clone(), text, kind, since: now, tried: now })
}

/// What may help against a refusal. Reaper refuses a registration with 400 while it does not reach the nodes.
const fn kind(act: &ReaperAct, status: u16) -> TroubleKind {
    let is_of_schedule = matches!(act, ReaperAct::Create { .. } | ReaperAct::Patch { .. });
    match status {
        404 => TroubleKind::Later,
        204 | 400 | 409 | 422 if is_of_schedule => TroubleKind::Never,
        _ => TroubleKind::Soon,
    }
}

impl Trouble {
    /// Whether the act is not tried again yet. A clock that jumped back does not hold it up.
    pub fn holds(&self, act: &ReaperAct, now: Time) -> bool {
        let pause = if self.kind == TroubleKind::Soon { 60 } else { 120 };
        self.act == *act && now >= self.tried && now - self.tried < pause
    }
}
