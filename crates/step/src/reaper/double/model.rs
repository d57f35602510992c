//! What Reaper 4.2.3 answers: rings, and which call is which. The login is in [`super::login`], schedules in [`super::schedules`].

use std::collections::BTreeMap;

use serde_json::json;

use super::Request;
use super::schedules::Stored;

/// The ring of the tests, as Reaper calls it.
pub(in super::super) const RING: &str = "shop";

/// Status and body.
pub(super) type Reply = (u16, String);

/// How Reaper lets somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Entry {
    /// It asks nobody who he is.
    Open,
    /// It answers the login with a token, as 4.0 and later.
    Token,
    /// It answers the login with a session, as 3.8.
    Session,
}

/// A Reaper.
pub(in super::super) struct Model {
    /// How it lets somebody in.
    pub(in super::super) entry: Entry,
    /// Whether it reaches the nodes.
    pub(in super::super) reaches_nodes: bool,
    /// The seed of the ring; `None` where it does not know it.
    pub(in super::super) seed: Option<String>,
    /// The tables of each keyspace.
    pub(in super::super) keyspaces: BTreeMap<String, Vec<String>>,
    /// The schedules.
    pub(in super::super) schedules: Vec<Stored>,
    /// Runs that succeeded: what was repaired, and when the run ended.
    pub(in super::super) successes: Vec<(String, String)>,
    /// How many schedules there ever were.
    pub(in super::super) made: u32,
}

impl Model {
    /// One that knows the ring and has no schedules.
    pub(in super::super) fn new(keyspaces: &[(&str, &[&str])]) -> Self {
        let tables = |(name, tables): &(&str, &[&str])| {
            ((*name).to_owned(), tables.iter().map(|table| (*table).to_owned()).collect())
        };
        Self {
            entry: Entry::Token,
            reaches_nodes: true,
            seed: Some("127.0.0.1".to_owned()),
            keyspaces: keyspaces.iter().map(tables).collect(),
            schedules: Vec::new(),
            successes: Vec::new(),
            made: 0,
        }
    }

    /// The answer to a request.
    pub(in super::super) fn answer(&mut self, request: &Request) -> Reply {
        if let Some(reply) = self.entrance(request) {
            return reply;
        }
        let path: Vec<&str> = request.path.split('/').skip(1).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["cluster"]) => self.rings(request),
            ("GET", ["cluster", name]) => self.ring(name),
            ("PUT", ["cluster", name]) => self.register(name, request),
            ("DELETE", ["cluster", name]) => self.unregister(name, request),
            ("GET", ["repair_schedule"]) => self.list(request),
            ("POST", ["repair_schedule"]) => self.create(request),
            ("PATCH", ["repair_schedule", id]) => self.patch(id, request),
            ("PUT", ["repair_schedule", id]) => self.set_state(id, request),
            ("DELETE", ["repair_schedule", id]) => self.delete(id, request),
            ("POST", ["repair_schedule", "start", id]) => self.start(id),
            ("GET", ["repair_run"]) => self.runs(request),
            _ => said(404, "HTTP 404 Not Found"),
        }
    }

    /// The rings; with a seed those that were registered with it [read in the source, not observed].
    fn rings(&self, request: &Request) -> Reply {
        let is_asked = |seed: &String| request.get("seedHost").is_none_or(|it| it == seed);
        let rings: Vec<&str> = self.seed.iter().filter(|seed| is_asked(seed)).map(|_| RING).collect();
        (200, json!(rings).to_string())
    }

    fn ring(&self, name: &str) -> Reply {
        match (self.knows(name), self.reaches_nodes) {
            (false, _) => said(404, &format!("cluster with name \"{name}\" not found")),
            (true, false) => said(500, "Server Error"),
            (true, true) => (200, json!({"name": name, "seed_hosts": [self.seed]}).to_string()),
        }
    }

    fn register(&mut self, name: &str, request: &Request) -> Reply {
        let Some(seed) = request.get("seedHost") else { return said(400, "query parameter \"seedHost\" required") };
        if !self.reaches_nodes {
            return said(400, "Failed connecting the seed host");
        }
        if name != RING {
            return said(400, "cluster name does not match");
        }
        if self.seed.is_some() {
            return (204, String::new()); // neither seed nor port change
        }
        self.seed = Some(seed.to_owned());
        (201, String::new())
    }

    fn unregister(&mut self, name: &str, request: &Request) -> Reply {
        let is_forced = request.get("force") == Some("true");
        if self.knows(name) && !self.schedules.is_empty() && !is_forced {
            return said(409, &format!("cluster \"{name}\" cannot be deleted, as it has repair schedules"));
        }
        if self.knows(name) {
            self.schedules.clear();
            self.seed = None;
        }
        (202, String::new())
    }

    /// Runs [read in the source, not observed].
    fn runs(&self, request: &Request) -> Reply {
        if request.get("cluster_name").is_none_or(|name| !self.knows(name)) {
            return said(500, "Failed find cluster");
        }
        let run = |(unit, end): &(String, String)| json!({"repair_unit_id": unit, "end_time": end, "state": "DONE"});
        (200, json!(self.successes.iter().map(run).collect::<Vec<_>>()).to_string())
    }

    /// Whether a name is that of the ring. One that is not symbolic is not.
    pub(super) fn knows(&self, name: &str) -> bool {
        name == RING && self.seed.is_some()
    }
}

/// An answer with a text.
pub(super) fn said(status: u16, text: &str) -> Reply {
    (status, text.to_owned())
}
