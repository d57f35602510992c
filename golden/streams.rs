//! What happens when standard output cannot be written, for every verb that writes a result to it, and which texts have
//! colors or are left out.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::pipe;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::compare::repository;

/// A topology with a warning, in a folder of its own.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let example = fs::read_to_string(repository("examples/example.yaml")).expect("the example can be read");
    let (warned, _) = example.split_once("  accept:").expect("the example accepts a warning");
    fs::write(folder.path().join("shop.yaml"), warned).expect("a file can be written");
    folder
}

/// The arguments of every verb, behind which words its result is printed, and the exit code where it can be.
const RESULTS: [(&str, i32); 24] = [
    ("render shop.yaml", 0),
    ("render shop.yaml --against shop.yaml", 0),
    ("plan shop.yaml --against shop.yaml", 0),
    ("plan shop.yaml -o deploy", 0),
    ("plan shop.yaml -o deploy --exit-code", 3),
    ("plan shop.yaml -o deploy --format markdown", 0),
    ("plan shop.yaml -o deploy --format json", 0),
    ("diff shop.yaml -o deploy", 1),
    ("validate shop.yaml --format json", 0),
    ("validate shop.yaml --format sarif", 0),
    ("validate shop.yaml --format github", 0),
    ("validate shop.yaml --format gitlab", 0),
    ("validate shop.yaml --deny warnings --format json", 1),
    ("schema", 0),
    ("schema plan", 0),
    ("explain", 0),
    ("explain E103", 0),
    ("completions bash", 0),
    ("init -", 0),
    ("argocd discover", 0),
    ("argocd parameters", 0),
    ("--version", 0),
    ("--help", 0),
    ("help plan", 0),
];

fn cassc(arguments: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cassc"));
    command.args(arguments.split(' ')).current_dir(folder).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

fn ran(command: &mut Command) -> Output {
    command.output().expect("cassc starts")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a verb told with its standard output redirected by a shell, and its exit code.
fn redirected(arguments: &str, redirection: &str, folder: &Path) -> (String, Option<i32>) {
    let script = format!("exec '{}' {arguments} {redirection}", env!("CARGO_BIN_EXE_cassc"));
    let output = ran(Command::new("sh").args(["-c", &script]).current_dir(folder).stdin(Stdio::null()));
    (told(&output), output.status.code())
}

#[test]
fn a_closed_or_full_output_is_an_error_in_every_verb() {
    let folder = folder();
    for (arguments, _) in RESULTS {
        for (redirection, cause) in [(">&-", "it is closed"), (">/dev/full", "No space left on device")] {
            let (told, code) = redirected(arguments, redirection, folder.path());
            let expected = format!("error: cannot write to standard output: {cause}");
            assert!(told.contains(&expected), "{arguments} {redirection}: {told}");
            assert_eq!(code, Some(2), "{arguments} {redirection}: {told}");
        }
    }
    let (told, code) = redirected("argocd generate", ">&-", folder.path());
    assert_eq!(code, Some(1), "{told}");
}

#[test]
fn generate_fails_where_its_manifests_are_not_written() {
    let folder = folder();
    for redirection in [">&-", ">/dev/full"] {
        let parameters = r#"export ARGOCD_APP_PARAMETERS='[{"name":"first-install","string":"true"}]'"#;
        let script = format!("{parameters}; exec '{}' argocd generate {redirection}", env!("CARGO_BIN_EXE_cassc"));
        let output = ran(Command::new("sh").args(["-c", &script]).current_dir(folder.path()));
        assert!(told(&output).starts_with("cannot write to standard output: "), "{redirection}: {output:?}");
        assert_eq!(output.status.code(), Some(1), "{redirection}");
    }
}

#[test]
fn a_reader_that_stops_early_hears_no_complaint_and_the_exit_code_stays() {
    let folder = folder();
    for (arguments, code) in RESULTS {
        let (reader, writer) = pipe().expect("a pipe can be made");
        drop(reader);
        let output = ran(cassc(arguments, folder.path()).stdout(writer));
        assert!(!told(&output).contains("error: cannot write"), "{arguments}: {}", told(&output));
        assert_eq!(output.status.code(), Some(code), "{arguments}: {}", told(&output));
    }
}

#[test]
fn what_writes_nothing_does_not_need_an_output() {
    let folder = folder();
    for arguments in ["render shop.yaml -o deploy", "diff shop.yaml -o deploy", "validate shop.yaml", "init x.yaml"] {
        let (told, code) = redirected(arguments, ">&-", folder.path());
        assert_eq!(code, Some(0), "{arguments}: {told}");
    }
}

#[test]
fn devices_that_take_everything_are_outputs() {
    let folder = folder();
    let (told, code) = redirected("schema", "<>/dev/null >&0", folder.path());
    assert_eq!((told.as_str(), code), ("", Some(0)));
}

const ESCAPE: char = '\u{1b}';

#[test]
fn only_texts_for_people_have_colors_and_flags_decide_over_the_environment() {
    let folder = folder();
    let colored = |arguments: &str, variables: &[&str]| {
        let mut command = cassc(arguments, folder.path());
        let output = ran(command.envs(variables.iter().map(|variable| (variable, "1"))));
        let (out, told) = (String::from_utf8_lossy(&output.stdout).into_owned(), told(&output));
        assert!(!out.is_empty() || !told.is_empty(), "{arguments}");
        (out.contains(ESCAPE), told.contains(ESCAPE))
    };
    let human = "validate shop.yaml";
    assert_eq!(colored(human, &[]), (false, false));
    assert_eq!(colored(human, &["CLICOLOR_FORCE"]), (false, true));
    assert_eq!(colored(human, &["CLICOLOR_FORCE", "NO_COLOR"]), (false, false));
    assert_eq!(colored("validate shop.yaml --color always", &["NO_COLOR"]), (false, true));
    assert_eq!(colored("--color never validate shop.yaml", &["CLICOLOR_FORCE"]), (false, false));
    assert_eq!(colored("plan shop.yaml -o deploy --color always --format text", &[]), (true, true));
    assert_eq!(colored("diff shop.yaml -o deploy --color=always", &[]), (true, true));
    assert_eq!(colored("plan --help --color always", &[]), (true, false));
    assert_eq!(colored("plan --color always --bogus", &[]), (false, true));
    for programs in [
        "render shop.yaml --against shop.yaml",
        "plan shop.yaml -o deploy --format markdown --complaints github",
        "plan shop.yaml -o deploy --format json --complaints json",
        "validate shop.yaml --format json",
        "validate shop.yaml --format sarif",
        "validate shop.yaml --format gitlab",
        "schema",
        "completions bash",
    ] {
        assert!(!colored(&format!("{programs} --color always"), &[]).0, "{programs}");
    }
    assert_eq!(colored("validate shop.yaml --format github --color always", &["CLICOLOR_FORCE"]), (false, false));
    assert_eq!(colored("validate shop.yaml --format short --color always", &["CLICOLOR_FORCE"]), (false, false));
}

#[test]
fn quiet_leaves_results_and_complaints() {
    let folder = folder();
    let said = |arguments: &str| told(&ran(&mut cassc(arguments, folder.path())));
    let warning = said("validate shop.yaml --quiet");
    assert!(warning.starts_with("warning[W113]") && warning.ends_with("explain W113\n\n"), "{warning}");
    assert_eq!(said("-q init new.yaml"), "");
    assert_eq!(said("render shop.yaml -o deploy -q"), warning);
    let output = ran(&mut cassc("plan shop.yaml -o elsewhere -q", folder.path()));
    assert!(String::from_utf8_lossy(&output.stdout).contains("(new): 3 nodes join"), "{output:?}");
    assert!(said("validate nothing.yaml -q").starts_with("error: "), "errors are shown");
}
