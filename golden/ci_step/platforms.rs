//! The files of GitHub and GitLab, read by programs that know them: actionlint, the schemas that check-jsonschema brings,
//! and shellcheck for the commands in them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::stage::{Stage, in_a_shell, topology};
use crate::compare::repository;
use crate::real_tool::{is_here, output};

const ACTION: &str = "examples/ci/action.yml";
const WORKFLOW: &str = "examples/ci/workflow.yml";
const GITLAB: &str = "examples/ci/gitlab-ci.yml";

fn read(file: &str) -> String {
    std::fs::read_to_string(repository(file)).expect("the file is there")
}

#[test]
fn actionlint_finds_nothing_in_the_workflow() {
    if is_here("actionlint", &["--version"]) {
        output(Command::new("actionlint").arg(repository(WORKFLOW)));
    }
}

#[test]
fn the_platforms_schemas_accept_their_files() {
    if !is_here("check-jsonschema", &["--version"]) {
        return;
    }
    let files = [("github-actions", ACTION), ("github-workflows", WORKFLOW), ("gitlab-ci", GITLAB)];
    for (schema, file) in files {
        let schema = format!("vendor.{schema}");
        output(Command::new("check-jsonschema").args(["--builtin-schema", &schema]).arg(repository(file)));
    }
}

/// The literal blocks (`run: |`, `- |`) of a file, without their indentation.
fn scripts(text: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut lines = text.lines().peekable();
    let indentation = |line: &str| line.len() - line.trim_start().len();
    while let Some(head) = lines.next() {
        if !head.ends_with("run: |") && !head.ends_with("- |") {
            continue;
        }
        let mut script = String::new();
        while let Some(line) = lines.next_if(|line| line.is_empty() || indentation(line) > indentation(head)) {
            script.push_str(line.get(indentation(head) + 2..).unwrap_or_default());
            script.push('\n');
        }
        scripts.push(script);
    }
    scripts
}

#[test]
fn shellcheck_finds_nothing_in_the_commands() {
    if !is_here("shellcheck", &["--version"]) {
        return;
    }
    for (file, shell, number) in [(ACTION, "bash", 4), (GITLAB, "sh", 2)] {
        let scripts = scripts(&read(file));
        assert_eq!(scripts.len(), number, "the commands of {file} are found");
        for script in scripts {
            let mut shellcheck = Command::new("shellcheck");
            shellcheck.args(["--shell", shell, "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut shellcheck = shellcheck.spawn().expect("it answered to its probe");
            let mut input = shellcheck.stdin.take().expect("it is a pipe");
            input.write_all(script.as_bytes()).expect("shellcheck reads its input");
            drop(input);
            let said = shellcheck.wait_with_output().expect("shellcheck ends");
            assert!(said.status.success(), "{file}: {}", String::from_utf8_lossy(&said.stdout));
        }
    }
}

#[test]
fn what_people_wrote_is_no_part_of_a_command() {
    for file in [ACTION, WORKFLOW, GITLAB] {
        for script in scripts(&read(file)) {
            assert!(!script.contains("${{"), "{file} puts a value into a command: {script}");
        }
    }
}

/// The part of the action that calls the step, run as a runner does; its exit code, its log and the summary of the job.
fn judged(stage: &Stage) -> (Option<i32>, String, String) {
    let script = &scripts(&read(ACTION))[2];
    let (home, summary) = (stage.path.join("home"), stage.path.join("summary"));
    stage.write("home/.cache/cassc-ci/bin/README", "");
    let _ = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cassc"), home.join(".cache/cassc-ci/bin/cassc"));
    let mut bash = Command::new("bash");
    stage.settle(bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &format!("exec 2>&1; {script}")]));
    bash.current_dir(stage.path.join("source")).env("HOME", &home);
    bash.env("RUNNER_TEMP", &stage.path).env("GITHUB_STEP_SUMMARY", &summary);
    bash.env("GITHUB_ACTION_PATH", repository("examples/ci")).env("MODE", "check").env("SARIF", "cassc.sarif");
    bash.envs([("CASSC_INPUTS", "clusters"), ("CASSC_BASE", "origin/main"), ("CASSC_PLAN", "plan.md")]);
    bash.envs(["CASSC_OUTPUT", "CASSC_BRANCH", "CASSC_REPOSITORY", "CASSC_TOKEN"].map(|unset| (unset, "")));
    let ended = bash.output().expect("bash answered to its probe");
    let log = String::from_utf8_lossy(&ended.stdout).into_owned();
    (ended.status.code(), log, std::fs::read_to_string(summary).unwrap_or_default())
}

#[test]
fn the_log_of_the_action_holds_no_command_of_the_runner_but_its_own() {
    if !is_here("bash", &["-c", ":"]) {
        return;
    }
    in_a_shell(|stage| {
        stage.commit("clusters/shop.yaml", &topology("shop", 2));
        let (code, log, summary) = judged(&stage);
        assert_eq!(code, Some(1), "{log}");
        let commands: Vec<&str> = log.lines().filter(|line| line.starts_with("::")).collect();
        let [stop, resume, annotations @ ..] = &commands[..] else { panic!("commands are stopped and resumed: {log}") };
        let secret = stop.strip_prefix("::stop-commands::").expect("the first command stops the others");
        assert!(secret.len() == 32 && *resume == format!("::{secret}::"), "{log}");
        assert!(annotations.iter().any(|line| line.starts_with("::error file=clusters/shop.yaml,")), "{log}");
        assert!(!judged(&stage).1.contains(secret), "nobody can guess what resumes commands");
        assert!(summary.contains("E352"), "{summary}");
        assert!(stage.path.join("source/cassc.sarif").exists());
    });
}

/// The variables that the step reads.
fn variables(script: &str) -> std::collections::BTreeSet<&str> {
    let words = script.split(|it: char| !it.is_ascii_uppercase() && it != '_');
    words.filter(|word| word.starts_with("CASSC_") && word.len() > "CASSC_".len()).collect()
}

#[test]
fn every_variable_of_the_step_is_documented_and_there_are_no_others() {
    let step = read("examples/ci/cassc-ci.sh") + &read("examples/ci/settings.sh");
    let page = read("docs/ci.md");
    let known = variables(&step);
    assert!(known.len() > 10, "the variables are found: {known:?}");
    let table: Vec<&str> = page.lines().filter(|line| line.starts_with("| `CASSC_")).collect();
    for name in &known {
        assert!(table.iter().any(|row| row.contains(&format!("`{name}`"))), "{name} has a row in docs/ci.md");
    }
    let of_platforms = ["CASSC_VERSION", "CASSC_COMMENT_TOKEN"];
    for file in [ACTION, GITLAB, "docs/ci.md"] {
        for name in variables(&read(file)) {
            assert!(known.contains(name) || of_platforms.contains(&name), "{file} sets {name}, which nobody reads");
        }
    }
}
