//! Plans for programs: one JSON document with a version, and its JSON Schema. Fields that a later cassc adds are no new
//! version; a changed meaning or a removed field is.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::visible::json_text;
use crate::plan::Plan;

/// The version of the document.
pub const FORMAT: u32 = 1;

/// What will happen to every cluster of a fleet, as `cassc plan --format json` writes it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FleetPlan {
    /// The version of this document: 1. Readers skip unknown fields.
    #[schemars(extend("const" = FORMAT))]
    pub format: u32,
    /// What it was judged against, in words: `origin/main (merge base 1a2b3c4d)`. Absent where nothing is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// One plan per cluster, in the order in which the topologies were read.
    pub plans: Vec<Plan>,
}

impl FleetPlan {
    /// The document of these plans in the version that this cassc writes.
    pub fn new(against: Option<String>, plans: Vec<Plan>) -> Self {
        Self { format: FORMAT, against, plans }
    }
}

/// The document: pretty, keys in a fixed order, a newline at the end.
pub fn json(fleet: &FleetPlan) -> String {
    json_text(fleet)
}

/// The JSON Schema of the document, as it is committed under `schemas/` and printed by `cassc schema plan`.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(FleetPlan);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
