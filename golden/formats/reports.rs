//! A run with a report, whatever its format: its exit code, what the report holds, and where it goes.

use std::fs;
use std::process::Command;

use serde_json::{Value, from_slice};
use tempfile::TempDir;

use super::{FORMATS, add, cassc, folder, good, text, topology};

/// Verbs in situations that end with each exit code: what follows `cassc`, and the flag of the format.
const SITUATIONS: [(&[&str], &str, i32); 15] = [
    (&["validate", "good.yaml"], "--format", 0),
    (&["validate", "warned.yaml"], "--format", 0),
    (&["validate", "warned.yaml", "--deny", "warnings"], "--format", 1),
    (&["validate", "wrong.yaml"], "--format", 1),
    (&["validate", "broken.yaml"], "--format", 1),
    (&["validate", "missing.yaml"], "--format", 2),
    (&["validate", "others"], "--format", 1),
    (&["render", "good.yaml"], "--format", 0),
    (&["render", "warned.yaml"], "--format", 0),
    (&["render", "wrong.yaml"], "--format", 1),
    (&["render", "smaller.yaml", "--against", "three.yaml"], "--format", 1),
    (&["diff", "good.yaml", "-o", "deploy"], "--format", 1),
    (&["plan", "smaller.yaml", "--against", "three.yaml"], "--complaints", 1),
    (&["plan", "good.yaml", "-o", "deploy"], "--complaints", 0),
    (&["plan", "good.yaml"], "--complaints", 2),
];

/// The files of [`SITUATIONS`].
fn situations() -> TempDir {
    let folder = folder("good.yaml", &good());
    let named = |name: &str, nodes: u32| {
        format!(
            "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: {name}}}\nspec:\n  cassandra: \
             {{version: \"5.0.9\"}}\n  storage: {{size: 100Gi}}\n  resources: {{requests: {{cpu: \"1\", memory: 4Gi}}, \
             limits: {{memory: 4Gi}}}}\n  datacenters: [{{name: dc1, nodes: {nodes}}}]\n"
        )
    };
    add(folder.path(), "warned.yaml", &named("warned", 3));
    add(folder.path(), "three.yaml", &named("shrinking", 3));
    add(folder.path(), "smaller.yaml", &named("shrinking", 1));
    add(folder.path(), "wrong.yaml", &topology());
    add(folder.path(), "broken.yaml", "a: [\n");
    add(folder.path(), "others/service.yaml", "kind: Service\n");
    folder
}

#[test]
fn the_format_never_changes_the_exit_code() {
    let folder = situations();
    for (arguments, flag, expected) in SITUATIONS {
        for format in FORMATS {
            let with_format: Vec<&str> = arguments.iter().copied().chain([flag, format]).collect();
            let code = cassc(folder.path(), &with_format).status.code();
            assert_eq!(code, Some(expected), "{with_format:?}");
            if !["human", "short"].contains(&format) {
                let with_report: Vec<&str> = with_format.iter().copied().chain(["--report", "report"]).collect();
                assert_eq!(cassc(folder.path(), &with_report).status.code(), Some(expected), "{with_report:?}");
            }
        }
    }
}

#[test]
fn a_pipe_that_nobody_reads_does_not_change_the_exit_code() {
    let folder = situations();
    for (arguments, flag, expected) in SITUATIONS {
        let (reader, writer) = std::io::pipe().expect("a pipe can be made");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_cassc"));
        command.args(arguments).args([flag, "json"]).current_dir(folder.path()).stdout(writer);
        assert_eq!(command.output().expect("cassc starts").status.code(), Some(expected), "{arguments:?}");
    }
}

#[test]
fn a_report_holds_what_compiling_and_judging_complain_about_or_nothing() {
    let folder = situations();
    for (arguments, flag, code) in SITUATIONS {
        let report = folder.path().join("report.json");
        let with_report: Vec<&str> =
            arguments.iter().copied().chain([flag, "json", "--report", "report.json"]).collect();
        let output = cassc(folder.path(), &with_report);
        let written = fs::read(&report).ok();
        assert_eq!(written.is_some(), code != 2, "{with_report:?}");
        let Some(written) = written else { continue };
        let value: Value = from_slice(&written).expect("a report is JSON");
        // People read the same on standard error, and nothing of it goes to standard output.
        let said = text(&output.stderr);
        for complaint in value["complaints"].as_array().expect("complaints are a list") {
            assert!(said.contains(&format!("[{}]", complaint["code"].as_str().unwrap_or_default())), "{said}");
        }
        assert!(arguments[0] != "validate" || output.stdout.is_empty(), "{with_report:?}");
        if arguments.contains(&"smaller.yaml") {
            let codes: Vec<&Value> =
                value["complaints"].as_array().into_iter().flatten().map(|complaint| &complaint["code"]).collect();
            assert!(codes.iter().any(|code| code.as_str().is_some_and(|code| code.starts_with("E3"))), "{codes:?}");
        }
        fs::remove_file(report).expect("a report can be removed");
    }
}

#[test]
fn without_a_file_validate_reports_on_standard_output_and_other_verbs_on_standard_error() {
    let folder = situations();
    let output = cassc(folder.path(), &["validate", "good.yaml", "--format", "json"]);
    let empty: Value = from_slice(&output.stdout).expect("a report of nothing is JSON");
    assert_eq!((&empty["complaints"], &empty["errors"]), (&Value::Array(Vec::new()), &0.into()));
    assert_eq!(text(&cassc(folder.path(), &["validate", "good.yaml", "--format", "github"]).stdout), "");
    let output = cassc(folder.path(), &["render", "wrong.yaml", "--format", "json"]);
    assert_eq!(text(&output.stdout), "");
    let report: Value = from_slice(&output.stderr).expect("a refused render says nothing but its report");
    assert_eq!(report["errors"], 11);
}

#[test]
fn a_report_that_cannot_be_written_or_has_no_format_is_refused() {
    let folder = situations();
    let refused = |arguments: &[&str]| {
        let output = cassc(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        text(&output.stderr)
    };
    let said = refused(&["validate", "good.yaml", "--format", "sarif", "--report", "no/such/folder"]);
    assert!(said.contains("cannot write the report to no/such/folder: "), "{said}");
    for format in ["human", "short"] {
        let said = refused(&["render", "good.yaml", "--format", format, "--report", "report"]);
        assert_eq!(said, "error: --report needs a format for programs: json, sarif, github or gitlab\n");
    }
    // What cannot be reported is not written either.
    refused(&["render", "good.yaml", "-o", "new", "--format", "sarif", "--report", "no/such/folder"]);
    assert!(!folder.path().join("new/demo").exists());
}

#[test]
fn files_are_named_from_the_working_directory_and_standard_input_as_such() {
    let folder = situations();
    let root = fs::canonicalize(folder.path()).expect("the folder is there");
    let absolute = root.join("wrong.yaml").display().to_string();
    for name in [absolute.as_str(), "./wrong.yaml", "others/../wrong.yaml"] {
        let report: Value = from_slice(&cassc(&root, &["validate", name, "--format", "gitlab"]).stdout).expect("JSON");
        assert_eq!(report[0]["location"]["path"], "wrong.yaml", "{name}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_cassc"));
    let file = fs::File::open(root.join("wrong.yaml")).expect("the file is there");
    let output = command.args(["validate", "-", "--format", "json"]).stdin(file).output().expect("cassc starts");
    let report: Value = from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["complaints"][0]["labels"][0]["file"], "<stdin>");
}
