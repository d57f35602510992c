//! `docs/operations.md`: its examples are accepted, and its table of kinds is what the compiler and the plan have.

use std::fs;

use cassc::topology::{Field, Takes};
use cassc_ring::operation::OperationKind;
use cassc_ring::precedence::guards_of_operation;
use cassc_wording::joined;

use crate::compare::repository;
use crate::rendered::{assert_none, compiled};

/// Everything that the examples name.
const SHOP: &str = "\
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop, namespace: cass}
spec:
  cassandra: {version: 4.1.9}
  resources: {requests: {cpu: \"2\", memory: 8Gi}, limits: {memory: 8Gi}}
  storage: {size: 100Gi}
  steps: {enabled: true}
  datacenters: [{name: dc1, nodes: 3, racks: [{name: r1}, {name: r2}, {name: r3}]}]
";

fn page() -> String {
    fs::read_to_string(repository("docs/operations.md")).expect("the page can be read")
}

#[test]
fn the_examples_are_accepted() {
    let page = page();
    let blocks: Vec<&str> = page.split("```yaml\nspec:\n").skip(1).filter_map(|it| it.split("```").next()).collect();
    assert!(blocks.len() >= 6, "{blocks:#?}");
    let refused = blocks.into_iter().filter_map(|block| {
        let text = format!("{SHOP}{block}");
        let compilation = compiled("operations.yaml", text.clone().into_bytes(), None);
        let is_read = compilation.accepted.iter().all(|it| !it.topology.spec.operations.is_empty());
        (compilation.accepted.is_empty() || !is_read).then(|| format!("{text}\n{:#?}", compilation.complaints))
    });
    assert_none(&refused.collect::<Vec<_>>());
}

#[test]
fn every_kind_has_its_fields_and_what_it_waits_for() {
    let page = page();
    let rows = OperationKind::EVERY.map(|kind| {
        let guards: Vec<String> = guards_of_operation(kind).iter().map(ToString::to_string).collect();
        format!("| `{}` | {} | {} |", kind.name(), fields(Takes::of(kind)), joined(&guards))
    });
    assert_none(&rows.into_iter().filter(|row| !page.contains(row.as_str())).collect::<Vec<_>>());
}

/// What a kind needs, in bold, and what it may have.
fn fields(takes: Takes) -> String {
    let name = |field: &Field, bold: &str| {
        let one = if *field == Field::Pods && takes.one_pod { " (one)" } else { "" };
        format!("{bold}`{}`{bold}{one}", field.name())
    };
    let needs = takes.needs.iter().map(|field| name(field, "**"));
    let one_of: Vec<String> = takes.one_of.iter().map(|field| name(field, "**")).collect();
    let one_of = (!one_of.is_empty()).then(|| format!("one of {}", joined(&one_of)));
    let may = takes.may.iter().map(|field| name(field, ""));
    needs.chain(one_of).chain(may).collect::<Vec<_>>().join(", ")
}
