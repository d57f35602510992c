//! A dashboard as Grafana reads it (schema 39, Grafana 10 and later): panels in rows, each with its queries. Made from [`Panel`]s,
//! which say only what is shown; places, ids and letters of queries follow from their order.

use serde::Serialize;
use serde_json::{Value, json};

/// How wide a dashboard is, in Grafana's columns.
const COLUMNS: usize = 24;
/// How high a panel is, in Grafana's rows.
const HEIGHT: usize = 8;
/// The format of dashboards.
const SCHEMA_VERSION: u32 = 39;

/// What a panel looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Lines over time.
    Lines,
    /// The last value, large.
    Number,
}

/// A panel.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: &'static str,
    /// What it says, and what to look for.
    pub(super) description: &'static str,
    pub(super) look: Look,
    /// Grafana's word for the unit.
    pub(super) unit: &'static str,
    /// Queries, and how their lines are called.
    pub(super) queries: Vec<(String, &'static str)>,
}

/// Panels side by side.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) title: &'static str,
    pub(super) panels: Vec<Panel>,
}

/// A choice at the top of a dashboard: `$datacenter`, `$pod`.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) name: &'static str,
    /// What gives the values: a series that has the label of the same name.
    pub(super) series: String,
}

/// A dashboard.
#[derive(Clone, Debug)]
pub(super) struct Dashboard {
    pub(super) name: &'static str,
    pub(super) choices: Vec<Choice>,
    pub(super) rows: Vec<Row>,
}

pub(super) fn lines(title: &'static str, unit: &'static str, queries: Vec<(String, &'static str)>) -> Panel {
    Panel { title, description: "", look: Look::Lines, unit, queries }
}

pub(super) fn number(title: &'static str, unit: &'static str, query: String) -> Panel {
    Panel { title, description: "", look: Look::Number, unit, queries: vec![(query, "")] }
}

impl Panel {
    pub(super) fn says(self, description: &'static str) -> Self {
        Self { description, ..self }
    }
}

pub(super) fn row(title: &'static str, panels: Vec<Panel>) -> Row {
    Row { title, panels }
}

/// Where a panel is.
#[derive(Serialize)]
struct Position {
    h: usize,
    w: usize,
    x: usize,
    y: usize,
}

impl Dashboard {
    /// The JSON that Grafana reads. `uid` is unique in a Grafana; `cluster` stands in the title.
    pub(super) fn json(&self, uid: &str, cluster: &str) -> String {
        let dashboard = json!({
            "uid": uid,
            "title": format!("Cassandra {cluster}: {}", self.name),
            "tags": ["cassandra", "cassc"],
            "editable": false,
            "graphTooltip": 1,
            "schemaVersion": SCHEMA_VERSION,
            "refresh": "1m",
            "time": {"from": "now-6h", "to": "now"},
            "templating": {"list": self.choices()},
            "panels": self.panels(),
        });
        serde_json::to_string_pretty(&dashboard).expect("a value is JSON") + "\n"
    }

    fn choices(&self) -> Vec<Value> {
        let source = json!({"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"});
        let choice = |Choice { name, series }: &Choice| {
            let query = format!("label_values({series}, {name})");
            json!({
                "name": name,
                "type": "query",
                "datasource": data_source(),
                "definition": query,
                "query": {"query": query, "refId": "choice"},
                "refresh": 2,
                "sort": 1,
                "multi": true,
                "includeAll": true,
                "current": {"text": "All", "value": "$__all"},
            })
        };
        std::iter::once(source).chain(self.choices.iter().map(choice)).collect()
    }

    fn panels(&self) -> Vec<Value> {
        let mut panels = Vec::new();
        let mut y = 0;
        for row in &self.rows {
            let at = Position { h: 1, w: COLUMNS, x: 0, y };
            panels.push(
                json!({"id": panels.len() + 1, "type": "row", "title": row.title, "collapsed": false, "gridPos": at}),
            );
            let w = COLUMNS / row.panels.len().max(1);
            for (index, panel) in row.panels.iter().enumerate() {
                let at = Position { h: HEIGHT, w, x: index * w, y: y + 1 };
                panels.push(panel.json(panels.len() + 1, &at));
            }
            y += 1 + HEIGHT;
        }
        panels
    }
}

impl Panel {
    fn json(&self, id: usize, at: &Position) -> Value {
        let (kind, options) = match self.look {
            Look::Lines => ("timeseries", json!({"tooltip": {"mode": "multi", "sort": "desc"}})),
            Look::Number => ("stat", json!({"reduceOptions": {"calcs": ["lastNotNull"]}})),
        };
        let target = |((expr, legend), letter): (&(String, &'static str), char)| json!({"refId": letter.to_string(), "expr": expr, "legendFormat": legend, "datasource": data_source()});
        json!({
            "id": id,
            "type": kind,
            "title": self.title,
            "description": self.description,
            "datasource": data_source(),
            "fieldConfig": {"defaults": {"unit": self.unit, "min": 0}, "overrides": []},
            "gridPos": at,
            "options": options,
            "targets": self.queries.iter().zip('A'..='Z').map(target).collect::<Vec<_>>(),
        })
    }
}

/// The Prometheus that is chosen at the top.
fn data_source() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}
