//! The schemas under `schemas/` are those of the types, no more and no less.

use cassc::{report, topology};

use crate::compare::{assert_same, difference, repository};

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let schemas = [
        ("schemas/topology.schema.json", topology::json_schema()),
        ("schemas/plan.schema.json", report::plan::json_schema()),
        ("schemas/complaints.schema.json", report::json_schema()),
    ];
    let differences = schemas.iter().filter_map(|(path, text)| difference(&repository(path), text));
    assert_same(&differences.collect::<Vec<_>>());
}
