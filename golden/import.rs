//! `cassc import`: inputs of our own writing, the topologies and reports that come out, and that cassc accepts them but for
//! what is left to decide.

use std::fs;
use std::path::{Path, PathBuf};

use cassc::catalogue::Warnings;
use cassc::diagnostic::Severity;
use cassc::parse::source::{Origin, Source};
use cassc::{Options, compile};
use cassc_import::documents::Text;
use cassc_import::report::{markdown, text};
use cassc_import::{Import, import};

use crate::compare::{assert_same, difference, repository};
use crate::rendered::assert_none;

/// What the language refuses where a value is left to decide.
const TO_DO: &str = "E013";

/// The folders with an input each.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository("golden/import")).expect("the folder is there");
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

/// The inputs of a case: `input.yaml`, or `input.json`.
fn input(case: &Path) -> Text {
    let names = ["input.yaml", "input.json"];
    let found = names.iter().find_map(|name| Some((*name, fs::read_to_string(case.join(name)).ok()?)));
    let (name, text) = found.expect("every case has an input");
    Text { name: name.to_owned(), text }
}

/// What is made of a case. One whose name ends in `-memory` is given the memory on the command line.
fn imported(case: &Path) -> Import {
    let name = case.file_name().expect("a name").to_string_lossy().into_owned();
    let memory = name.ends_with("-memory").then(|| "8Gi".to_owned());
    import(&[input(case)], &cassc_import::Options { memory, namespace: None })
}

#[test]
fn topologies_and_reports_are_as_expected() {
    let mut differences = Vec::new();
    for case in cases() {
        let Import { topologies, report } = imported(&case);
        differences.extend(difference(&case.join("report.txt"), &text(&report)));
        for topology in &topologies {
            differences.extend(difference(&case.join("topologies").join(&topology.file), &topology.text));
        }
        let expected = fs::read_dir(case.join("topologies")).into_iter().flatten();
        let names = expected.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let stale = names.filter(|name| !topologies.iter().any(|topology| topology.file == *name));
        differences.extend(stale.map(|name| format!("{}: {name} is not made any more", case.display())));
    }
    assert_same(&differences);
}

/// The codes of the errors that cassc has about a topology, each with its place.
fn errors(text: &str) -> Vec<String> {
    let source = Source { name: "x.yaml".to_owned(), bytes: text.as_bytes().to_vec(), origin: Origin::Named };
    let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
    let errors = compilation.complaints.iter().filter(|complaint| complaint.severity == Severity::Error);
    errors.map(|complaint| format!("{}: {}", complaint.code, complaint.message)).collect()
}

#[test]
fn cassc_accepts_what_is_imported_but_for_what_is_to_decide() {
    let mut faults = Vec::new();
    for case in cases() {
        let Import { topologies, report } = imported(&case);
        for (topology, imported) in topologies.iter().zip(&report.imported) {
            let errors = errors(&topology.text);
            let others: Vec<&String> = errors.iter().filter(|error| !error.starts_with(TO_DO)).collect();
            let left = topology.text.matches("TODO: ").count();
            let asked = imported.lists.to_decide.len();
            if !others.is_empty() || left > asked || (left == 0) != errors.is_empty() {
                faults.push(format!(
                    "{}: {}: {errors:?}, {left} TODO, {asked} to decide",
                    case.display(),
                    topology.file
                ));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn the_report_in_markdown_has_a_row_for_every_entry() {
    for case in cases() {
        let report = imported(&case).report;
        let rows = markdown(&report).lines().filter(|line| line.starts_with("| ")).count();
        let entries = |lists: &cassc_import::report::Lists| {
            [lists.to_decide.len(), lists.not_carried.len(), lists.changed.len(), lists.carried.len()]
        };
        let counts: Vec<usize> = report
            .imported
            .iter()
            .flat_map(|imported| entries(&imported.lists))
            .chain([report.refused.len()])
            .collect();
        let heads = counts.iter().filter(|count| **count > 0).count();
        assert_eq!(rows, counts.iter().sum::<usize>() + heads, "{}", case.display());
    }
}
