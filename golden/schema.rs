//! `schemas/topology.schema.json` is the language's own types, no more and no less.

use cassc::topology::json_schema;

use crate::compare::{assert_same, difference, repository};

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let text = json_schema();
    assert_same(&difference(&repository("schemas/topology.schema.json"), &text).into_iter().collect::<Vec<_>>());
}
