//! A value of a wrong type, a missing or an unknown field hides nothing of the rest, and makes nothing up: each wrong
//! topology of `golden/diagnostics` is read with such a fault put into each of its places.

use std::collections::BTreeSet;
use std::fs;

use cassc::catalogue::Warnings;
use cassc::diagnostic::Diagnostic;
use cassc::parse::source::{Origin, Source};
use cassc::report::place;
use cassc::{Compilation, Options, compile};

use crate::compare::yaml_files;

/// The codes of complaints about reading.
fn is_of_reading(code: &str) -> bool {
    code.starts_with("E00") || ["E010", "E011", "E012", "E013"].contains(&code)
}

fn compiled(text: &str) -> Compilation {
    let source = Source { name: "shop.yaml".to_owned(), bytes: text.into(), origin: Origin::Named };
    compile(vec![source], Options { dialect: None, warnings: Warnings::Show })
}

/// What there is to say beside reading: code and line.
fn told(compilation: &Compilation) -> BTreeSet<(&'static str, usize)> {
    let about_values = compilation.complaints.iter().filter(|complaint| !is_of_reading(complaint.code));
    let line = |complaint: &Diagnostic| {
        let place = place(&compilation.texts, &complaint.labels[0]);
        place.split(':').nth(1).and_then(|line| line.parse().ok()).unwrap_or_default()
    };
    // Of three objects with one name, the pair that is named depends on which of them can be read.
    let place_of = |complaint: &Diagnostic| if complaint.code == "E103" { 0 } else { line(complaint) };
    about_values.map(|complaint| (complaint.code, place_of(complaint))).collect()
}

/// The same text with one fault: each plain scalar in turn becomes a list, and each map in braces gets an unknown field.
fn faulty(text: &str) -> Vec<String> {
    let scalars = text.match_indices(": ").filter_map(|(position, _)| {
        let start = position + 2;
        let value = &text[start..];
        let end = value.find([',', '}', ']', '\n', '#', '{', '[', '"', '|', '\'', '&']).unwrap_or(value.len());
        let is_head = text[..position].ends_with("apiVersion") || text[..position].ends_with("kind");
        let is_scalar = end > 0 && !value[end..].starts_with(['{', '[', '"', '|', '\'', '&']) && !is_head;
        is_scalar.then(|| format!("{}[[wrong]]{}", &text[..start], &value[end..]))
    });
    let maps = text.match_indices(": {").map(|(position, found)| {
        let start = position + found.len();
        let rest = &text[start..];
        let comma = if rest.starts_with('}') { "" } else { ", " };
        format!("{}unheardOf: 1{comma}{rest}", &text[..start])
    });
    scalars.chain(maps).collect()
}

#[test]
fn a_fault_hides_nothing_of_the_rest_and_makes_nothing_up() {
    let (mut told_before, mut told_still) = (0, 0);
    let mut made_up = Vec::new();
    for case in yaml_files("golden/diagnostics") {
        let text = fs::read_to_string(&case).unwrap_or_default();
        let whole = compiled(&text);
        if whole.complaints.iter().any(|complaint| is_of_reading(complaint.code)) {
            continue;
        }
        let expected = told(&whole);
        // Every third place, another third in each topology.
        let n = text.len() % 3;
        for faulty in faulty(&text).into_iter().skip(n).step_by(3) {
            let compilation = compiled(&faulty);
            let n_read = compilation.complaints.iter().filter(|it| is_of_reading(it.code)).count();
            if n_read == 0 {
                continue; // A place where any type is allowed.
            }
            assert!(compilation.accepted.is_empty());
            let found = told(&compilation);
            told_before += expected.len();
            told_still += found.intersection(&expected).count();
            let fault = compilation.complaints.iter().find(|it| is_of_reading(it.code)).map(|it| &it.labels);
            made_up
                .extend(found.difference(&expected).map(|it| format!("{}: {it:?} beside {fault:?}", case.display())));
        }
    }
    assert!(made_up.is_empty(), "{} made up, such as\n{}", made_up.len(), made_up[..made_up.len().min(40)].join("\n"));
    assert!(told_still * 100 >= told_before * 80, "{told_still} of {told_before} complaints are told beside a fault");
}

const SHOP: &str = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: Shop}\nspec:\n  cassandra: {version: \
                    4.1.9, config: {concurent_reads: 64}, jvm: {gc: CMS, options: [-XX:MaxGCPauseMilis=300]}}\n  resources: \
                    {limits: {memory: 8gi}}\n  storage: {size: 10Gi}\n  pod: {containers: [{name: cassandra, image: \
                    \"example.com/a:1\"}]}\n  datacenters:\n    - {name: dc1, nodes: 3, racks: [{name: a}, {name: a}]}\n";

#[test]
fn a_fault_and_what_is_wrong_elsewhere_are_told_in_one_go() {
    let codes = |text: &str| -> BTreeSet<&str> {
        let codes = compiled(text).complaints.into_iter().map(|complaint| complaint.code);
        codes.filter(|code| code.starts_with('E')).collect()
    };
    let whole = codes(SHOP);
    assert_eq!(whole, BTreeSet::from(["E101", "E104", "E201", "E410", "E426", "E503"]));
    for (from, to, fault, hidden) in [
        ("version: 4.1.9", "version: [4]", "E009", &["E410", "E426"][..]),
        ("version: 4.1.9, ", "", "E010", &["E410", "E426"]),
        ("size: 10Gi", "size: {}", "E009", &[]),
        ("size: 10Gi", "sizes: 10Gi", "E008", &[]),
        ("nodes: 3", "nodes: many", "E009", &[]),
        ("name: Shop", "name: [Shop]", "E009", &["E101"]),
        ("kind: CassandraTopology\n", "kind: CassandraTopology\nstatus: {}\n", "E008", &[]),
        ("pod: {containers", "pod: {hostNetwork: maybe, containers", "E009", &[]),
        ("pod: {containers", "pod: {tolerations: [], containers", "E008", &[]),
        ("name: a}, ", "name: a, zone: [z]}, ", "E009", &[]),
        ("limits: {memory: 8gi}", "limits: [8gi]", "E009", &["E201"]),
        ("concurent_reads: 64", "concurent_reads: 0x40", "E011", &["E410"]),
        ("nodes: 3", "nodes: TODO", "E013", &[]),
        ("limits: {memory: 8gi}", "limits: TODO", "E013", &["E201"]),
        ("memory: 8gi", "memory: \"TODO: how much?\"", "E013", &["E201"]),
        ("{name: a}, {name: a}", "{name: a}, {name: a}, TODO", "E013", &[]),
        ("pod: {containers", "pod: {hostNetwork: TODO, containers", "E013", &[]),
    ] {
        let found = codes(&SHOP.replace(from, to));
        let expected = whole.iter().copied().filter(|code| !hidden.contains(code)).chain([fault]).collect();
        assert_eq!(found.intersection(&expected).copied().collect::<BTreeSet<_>>(), expected, "{to}: {found:?}");
    }
}
