//! `schemas/topology.schema.json` is the language's own types, no more and no less.

use cassc::topology::CassandraTopology;
use schemars::schema_for;

use crate::compare::{assert_same, difference, repository};

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let schema = schema_for!(CassandraTopology);
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    assert_same(&difference(&repository("schemas/topology.schema.json"), &text).into_iter().collect::<Vec<_>>());
}
