//! `golden/formats/topology.yaml` in every format, each read as its consumer reads it: JSON by its schema, SARIF by the
//! schema of OASIS, annotations as the runner of GitHub Actions takes them apart, the report of GitLab by what a merge
//! request compares. The format never decides the exit code.

mod reports;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cassc::catalogue::Warnings;
use cassc::parse::source::{Origin, Source};
use cassc::report::{Complaints, github, gitlab, located, sarif};
use cassc::{Options, compile};
use serde_json::{Value, from_slice, from_str};
use tempfile::TempDir;

use crate::compare::{assert_same, difference, repository, yaml_files};
use crate::real_tool;

const FORMATS: [&str; 6] = ["human", "short", "json", "sarif", "github", "gitlab"];
/// A name that every format has to escape in its own way.
const FILE: &str = "clusters/größe, 100%: a.yaml";

/// A fresh folder with a file in it.
fn folder(file: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    add(folder.path(), file, text);
    folder
}

fn add(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

fn topology() -> String {
    fs::read_to_string(repository("golden/formats/topology.yaml")).expect("the topology is there")
}

fn good() -> String {
    fs::read_to_string(repository("examples/demo.yaml")).expect("the example is there")
}

fn cassc(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cassc"));
    command.args(arguments).current_dir(folder).output().expect("cassc starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what cassc prints is UTF-8")
}

/// What `cassc validate` says about the topology in a format.
fn validated(format: &str, topology: &str) -> Vec<u8> {
    let output = cassc(folder(FILE, topology).path(), &["validate", FILE, "--format", format]);
    assert_eq!(output.status.code(), Some(1));
    if ["human", "short"].contains(&format) { output.stderr } else { output.stdout }
}

fn json(format: &str, topology: &str) -> Value {
    from_slice(&validated(format, topology)).expect("the report is JSON")
}

#[test]
fn every_format_says_it_in_its_own_way() {
    let differences = FORMATS.iter().filter_map(|format| {
        let report = text(&validated(format, &topology()));
        let report = if *format == "sarif" { without_explanations(&report) } else { report };
        difference(&repository(&format!("golden/formats/{format}.txt")), &report)
    });
    assert_same(&differences.collect::<Vec<_>>());
}

/// A SARIF log with the codes alone of its rules, which explain all there are.
fn without_explanations(log: &str) -> String {
    let mut log: Value = from_str(log).expect("the log is JSON");
    let rules = log.pointer_mut("/runs/0/tool/driver/rules").and_then(Value::as_array_mut).expect("there are rules");
    rules.iter_mut().for_each(|rule| *rule = rule["id"].take());
    serde_json::to_string_pretty(&log).expect("a log is JSON") + "\n"
}

#[test]
fn no_format_sends_what_a_terminal_would_obey() {
    let hostile = "clusters/a\u{1b}[2J\u{9b}2J\u{202e}b\nc.yaml";
    let folder = folder(hostile, &good().replace("name: demo", "name: demo_\u{200b} # \u{9b}2J"));
    let is_sent = |it: char| it != '\n' && (it.is_control() || ['\u{202e}', '\u{200b}'].contains(&it));
    for format in FORMATS {
        let output = cassc(folder.path(), &["validate", hostile, "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let sent = text(&output.stdout) + &text(&output.stderr);
        let hidden: Vec<char> = sent.chars().filter(|character| is_sent(*character)).collect();
        assert!(hidden.is_empty() && sent.to_lowercase().contains("9b"), "{format} sends {hidden:?}");
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let schema = from_str(&cassc::report::json_schema()).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let report = json("json", &topology());
    assert_eq!(validator.iter_errors(&report).map(|error| error.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
    let mut wrong = report.clone();
    wrong["complaints"][0]["severity"] = "fatal".into();
    assert!(!validator.is_valid(&wrong));
    assert_eq!((report["errors"].as_u64(), report["warnings"].as_u64()), (Some(11), Some(2)));
    assert_eq!(report["complaints"].as_array().map(Vec::len), Some(13));
}

/// Every place of the report, cut out of the topology, line and column by character.
#[test]
fn places_are_where_the_words_are() {
    let report = json("json", &topology());
    let source = topology();
    let cut_out = |place: &Value| {
        assert_eq!((&place["file"], &place["line"]), (&FILE.into(), &place["endLine"]));
        let number = |key: &str| place[key].as_u64().and_then(|number| usize::try_from(number).ok()).expect("a number");
        let line = source.lines().nth(number("line") - 1).expect("the line is there");
        line.chars().skip(number("column") - 1).take(number("endColumn") - number("column")).collect::<String>()
    };
    let first = |code: &str| {
        let complaint = report["complaints"].as_array().into_iter().flatten().find(|it| it["code"] == code);
        let labels = complaint.and_then(|complaint| complaint["labels"].as_array());
        labels.into_iter().flatten().map(cut_out).collect::<Vec<_>>()
    };
    assert_eq!(first("E101"), ["straße"]);
    assert_eq!(first("E502"), [r#""Größe: 100%, heute\nund morgen""#]);
    assert_eq!(first("E410"), ["concurrent_reeds"]);
    assert_eq!(first("E202"), ["4Gi", "3Gi"]);
}

#[test]
fn sarif_is_as_oasis_and_github_want_it() {
    let log = json("sarif", &topology());
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("there are rules");
    assert_eq!(rules.len(), cassc::catalogue::rules().len(), "every rule is explained");
    for rule in rules {
        for text in ["/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown", "/name"] {
            assert!(rule.pointer(text).and_then(Value::as_str).is_some_and(|text| !text.is_empty()), "{text}: {rule}");
        }
    }
    let results = run["results"].as_array().expect("there are results");
    assert_eq!(results.len(), 13);
    for result in results {
        let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok()).expect("an index");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "clusters/gr%C3%B6%C3%9Fe%2C%20100%25%3A%20a.yaml");
        assert!(place["region"]["startLine"].is_u64() && result["partialFingerprints"]["cassc/v1"].is_string());
    }
    let folder = repository("target/tools/sarif");
    if !real_tool::is_folder_here(&folder, ".ci/run") {
        return;
    }
    let schema = fs::read(folder.join("sarif-schema-2.1.0.json")).expect("the schema is in its folder");
    let mut schema: Value = from_slice(&schema).expect("the schema is JSON");
    // A slip of the schema: the `]` in `[a-zA-Z]{2}]?` closes nothing, and is no pattern of ECMAScript. We name no language.
    for object in ["run", "toolComponent"] {
        schema["definitions"][object]["properties"]["language"] = true.into();
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is a schema");
    let faults = |log: &Value| validator.iter_errors(log).map(|error| error.to_string()).collect::<Vec<_>>();
    assert_eq!(faults(&log), Vec::<String>::new());
    let empty = cassc(self::folder(FILE, &good()).path(), &["validate", FILE, "--format", "sarif"]);
    assert_eq!(faults(&from_slice(&empty.stdout).expect("a report of nothing is JSON")), Vec::<String>::new());
    let mut wrong = log.clone();
    wrong["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0.into();
    assert!(!faults(&wrong).is_empty());
}

/// A workflow command as the runner takes it apart (actions/runner, `ActionCommand.cs`): the command up to the second
/// `::`, properties at commas and the first equals sign, then the escapes.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, data) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("this is a command");
    let (name, properties) = head.split_once(' ').expect("the command has properties");
    let unescaped = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let of_property = |text: &str| unescaped(text).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').expect("a property has a value");
        (key.to_owned(), of_property(value))
    });
    (name.to_owned(), properties.collect(), unescaped(data).replace("%25", "%"))
}

#[test]
fn annotations_say_what_json_says_errors_first() {
    let report = json("json", &topology());
    let mut complaints: Vec<&Value> = report["complaints"].as_array().into_iter().flatten().collect();
    complaints.sort_by_key(|complaint| complaint["severity"] == "warning");
    let annotations = text(&validated("github", &topology()));
    assert_eq!(annotations.lines().count(), complaints.len());
    for (line, complaint) in annotations.lines().zip(complaints) {
        let (name, properties, message) = command(line);
        assert_eq!(complaint["severity"], name.as_str());
        let place = &complaint["labels"][0];
        for (key, value) in properties {
            let (expected, is_property) = match key.as_str() {
                "file" => (place["file"].as_str().map(str::to_owned), true),
                "line" | "endLine" | "endColumn" => (Some(place[&key].to_string()), true),
                "col" => (Some(place["column"].to_string()), true),
                "title" => (complaint["code"].as_str().map(str::to_owned), false),
                _ => panic!("GitHub knows no property {key}"),
            };
            let expected = expected.expect("the complaint has it");
            assert!(if is_property { value == expected } else { value.starts_with(&expected) }, "{key}: {value}");
        }
        for part in ["message", "expected", "help"] {
            assert!(message.contains(complaint[part].as_str().unwrap_or_default()), "{part}: {message}");
        }
    }
}

fn fingerprints(report: &Value) -> Vec<&str> {
    report.as_array().into_iter().flatten().filter_map(|issue| issue["fingerprint"].as_str()).collect()
}

#[test]
fn gitlab_knows_a_complaint_again_when_lines_move() {
    let before = json("gitlab", &topology());
    let moved = format!("# one\n# two\n{}", topology().replace("\nspec:\n", "\n\n# three\nspec:\n"));
    let after = json("gitlab", &moved);
    assert_ne!(before[12]["location"]["lines"], after[12]["location"]["lines"]);
    assert_eq!(fingerprints(&before), fingerprints(&after));
    assert_eq!(fingerprints(&before).len(), 13);
    assert_eq!(fingerprints(&before).iter().collect::<BTreeSet<_>>().len(), 13);
    let other = json("gitlab", &topology().replace("concurrent_reeds", "concurrent_rides"));
    let (before, other) = (fingerprints(&before), fingerprints(&other));
    assert_eq!(before.iter().filter(|fingerprint| !other.contains(fingerprint)).count(), 1);
}

#[test]
fn text_that_is_no_yaml_is_known_again_and_told_apart() {
    let broken = "a: 1\nb: [\nc: }\n";
    let (before, after) = (json("gitlab", broken), json("gitlab", &format!("# new\n{broken}")));
    assert_eq!(fingerprints(&before), fingerprints(&after));
    assert_ne!(before[0]["location"]["lines"], after[0]["location"]["lines"]);
    let twice = json("gitlab", "- {a: 1, a: 2}\n- {a: 1, a: 2}\n");
    assert_eq!(fingerprints(&twice).iter().collect::<BTreeSet<_>>().len(), fingerprints(&twice).len());
    assert!(fingerprints(&twice).len() > 1, "{twice}");
}

/// Every wrong topology there is, compiled; with lines above it.
fn every_diagnostic(above: &str) -> Vec<Complaints> {
    let compiled = |path: PathBuf| {
        let name = path.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let bytes = [above.as_bytes(), &fs::read(&path).expect("a case can be read")].concat();
        let options = Options { dialect: None, warnings: Warnings::Show };
        let compilation = compile(vec![Source { name, bytes, origin: Origin::Named }], options);
        located(&compilation.texts, &compilation.complaints, Path::new("/"))
    };
    yaml_files("golden/diagnostics").into_iter().map(compiled).collect()
}

#[test]
fn every_rule_can_be_said_in_every_format() {
    for complaints in every_diagnostic("") {
        let count = complaints.complaints.len();
        assert!(count > 0);
        let log: Value = from_str(&sarif(&complaints)).expect("a log is JSON");
        assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(count));
        assert_eq!(github(&complaints).lines().map(command).count(), count);
        let report: Value = from_str(&gitlab(&complaints)).expect("a report is JSON");
        assert_eq!(fingerprints(&report).iter().collect::<BTreeSet<_>>().len(), count, "{report}");
        let places = complaints.complaints.iter().flat_map(|complaint| &complaint.labels);
        for place in places {
            let (start, end) = ((place.line, place.column), (place.end_line, place.end_column));
            assert!(start >= (1, 1) && start <= end && place.column > 0 && place.end_column > 0, "{place:?}");
        }
    }
}

#[test]
fn no_fingerprint_moves_with_the_lines() {
    let all = |above| {
        let complaints = every_diagnostic(above).into_iter().flat_map(|it| it.complaints);
        complaints.map(|complaint| (complaint.code, complaint.fingerprint)).collect::<Vec<_>>()
    };
    let (before, after) = (all(""), all("# one\n\n# two\n"));
    let moved: Vec<_> = before.iter().filter(|it| !after.contains(it)).collect();
    assert_eq!((moved, before.len()), (Vec::new(), after.len()));
}
