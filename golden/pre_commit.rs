//! The hooks of `.pre-commit-hooks.yaml` in the real `pre-commit`, on scratch repositories with real commits: what a
//! commit may not bring in, and what is not looked at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::compare::repository;
use crate::real_tool;

/// A repository of two clusters, with rendered files and other YAML, that every commit is checked in.
struct Fleet {
    folder: TempDir,
    /// The folder in it where people work.
    work_tree: &'static str,
}

/// How a commit went, and what pre-commit said.
struct Commit {
    passed: bool,
    said: String,
}

impl Commit {
    fn passes(self) {
        assert!(self.passed, "{}", self.said);
    }

    fn fails_with(self, words: &[&str]) {
        assert!(!self.passed, "{}", self.said);
        for word in words {
            assert!(self.said.contains(word), "{word} is not in {}", self.said);
        }
    }
}

impl Fleet {
    /// `None` where pre-commit is missing.
    fn new() -> Option<Self> {
        let is_here = real_tool::is_here("git", &["--version"]) && real_tool::is_here("pre-commit", &["--version"]);
        is_here.then(|| {
            let fleet =
                Self { folder: tempfile::tempdir().expect("a temporary folder can be made"), work_tree: "fleet" };
            let revision = fleet.hooks();
            fleet.run("git", &["init", "--quiet", "--initial-branch", "main"]);
            fleet.write(".pre-commit-config.yaml", &configuration(&fleet.folder.path().join("hooks"), &revision));
            fleet.write("clusters/a.yaml", &topology("a"));
            fleet.write("clusters/b with blanks.yaml", &topology("b"));
            fleet.write("charts/values.yaml", "{{- if .Values.broken }}\n\ttabs: [\n");
            fleet.render();
            fleet.run("pre-commit", &["install"]);
            fleet.commit("the fleet").passes();
            fleet
        })
    }

    /// A repository with the hooks as they are in the work tree; its commit.
    fn hooks(&self) -> String {
        let hooks = self.folder.path().join("hooks");
        fs::create_dir_all(&hooks).expect("a folder can be made");
        fs::create_dir_all(self.path("")).expect("a folder can be made");
        let manifest = ".pre-commit-hooks.yaml";
        fs::copy(repository(manifest), hooks.join(manifest)).expect("the hooks are there");
        for arguments in [&["init", "--quiet"][..], &["add", "-A"], &["commit", "--quiet", "-m", "hooks"]] {
            let output = self.command("git", arguments).current_dir(&hooks).output().expect("git starts");
            assert!(output.status.success(), "{}", said(&output));
        }
        let head = self.command("git", &["rev-parse", "HEAD"]).current_dir(&hooks).output().expect("git starts");
        String::from_utf8_lossy(&head.stdout).trim().to_owned()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(self.work_tree).join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).expect("the file is there");
        assert!(text.contains(from), "{from} is not in {file}");
        self.write(file, &text.replacen(from, to, 1));
    }

    /// A command with the built cassc and an environment that is the same everywhere.
    fn command(&self, tool: &str, arguments: &[&str]) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_cassc")).parent().expect("a binary lies in a folder");
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(tool);
        command.args(arguments).current_dir(self.path("")).env_clear().env("PATH", path);
        command.env("HOME", self.folder.path()).env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "somebody").env(format!("GIT_{role}_EMAIL"), "some@example.com");
        }
        command
    }

    fn run(&self, tool: &str, arguments: &[&str]) {
        let output = self.command(tool, arguments).output().expect("the tool starts");
        assert!(output.status.success(), "{tool} {arguments:?}: {}", said(&output));
    }

    fn render(&self) {
        self.run("cassc", &["render", "clusters", "-o", "deploy"]);
    }

    /// Commits all that is there.
    fn commit(&self, message: &str) -> Commit {
        self.run("git", &["add", "-A"]);
        self.tried(&["commit", "-m", message])
    }

    /// How a command of git goes that makes a commit.
    fn tried(&self, arguments: &[&str]) -> Commit {
        let output = self.command("git", arguments).output().expect("git starts");
        Commit { passed: output.status.success(), said: said(&output) }
    }

    /// The files that git knows.
    fn tracked(&self) -> String {
        said(&self.command("git", &["ls-files"]).output().expect("git starts"))
    }

    /// Commits without asking the hooks.
    fn smuggle(&self, message: &str) {
        self.run("git", &["add", "-A"]);
        self.run("git", &["commit", "--quiet", "--no-verify", "-m", message]);
    }
}

fn configuration(hooks: &Path, revision: &str) -> String {
    format!(
        "repos:\n  - repo: {}\n    rev: {revision}\n    hooks:\n      - id: cassc-validate-system\n      - id: \
         cassc-render-check-system\n",
        hooks.display()
    )
}

fn topology(name: &str) -> String {
    let text = fs::read_to_string(repository("examples/demo.yaml")).expect("the example is there");
    let named = text.replace("name: demo", &format!("name: {name}\n  namespace: {name}"));
    assert_ne!(text, named);
    named
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Something that pods do not see, so that no rule about changes speaks.
const BEFORE: &str = "spec:\n";
const AFTER: &str = "spec:\n  services: {cql: {annotations: {note: here}}}\n";

#[test]
fn a_bad_topology_and_a_stale_tree_are_caught_and_a_good_commit_passes() {
    let Some(fleet) = Fleet::new() else { return };
    fleet.change("clusters/b with blanks.yaml", "nodes:", "nodse:");
    fleet.commit("a slip").fails_with(&["E008", "clusters/b with blanks.yaml", "did you mean `nodes`?"]);
    fleet.change("clusters/b with blanks.yaml", "nodse:", "nodes:");
    fleet.change("clusters/b with blanks.yaml", BEFORE, AFTER);
    fleet.commit("not rendered").fails_with(&["different: b/", "deploy is not what would be rendered"]);
    fleet.render();
    fleet.commit("rendered").passes();
    fleet.change("deploy/a/cassc.lock", "\"files\"", "\"flies\"");
    fleet.commit("by hand").fails_with(&["deploy/a/cassc.lock"]);
}

#[test]
fn a_broken_cluster_that_a_commit_does_not_touch_is_not_looked_at() {
    let Some(fleet) = Fleet::new() else { return };
    fleet.change("clusters/b with blanks.yaml", "nodes:", "nodse:");
    fleet.smuggle("broken");
    fleet.write("README.md", "Nothing about clusters.\n");
    fleet.commit("a file of no cluster").passes();
    fleet.change("clusters/a.yaml", BEFORE, AFTER);
    fleet.run("cassc", &["render", "clusters/a.yaml", "-o", "deploy"]);
    fleet.commit("the other cluster").passes();
    fleet.change("clusters/b with blanks.yaml", "nodse:", "nodes:");
    fleet.smuggle("whole again");
    let rendered = fleet.path("deploy/b");
    let base = fs::read_dir(rendered.join("base")).expect("there is a stage").next();
    let file = base.expect("a stage has files").expect("an entry can be read").path();
    fs::write(file, "kind: Nothing\n").expect("a file can be written");
    fleet.commit("a rendered file by hand").fails_with(&["different: b/base/"]);
}

#[test]
fn a_deleted_topology_needs_its_tree_deleted_too() {
    let Some(fleet) = Fleet::new() else { return };
    fleet.run("git", &["rm", "--quiet", "clusters/a.yaml"]);
    fleet.commit("half deleted").fails_with(&["E360"]);
    fleet.run("git", &["rm", "--quiet", "-r", "deploy/a"]);
    fleet.commit("deleted").passes();
}

#[test]
fn a_merge_is_committed_when_it_is_rendered() {
    let Some(fleet) = Fleet::new() else { return };
    fleet.run("git", &["checkout", "--quiet", "-b", "one"]);
    fleet.change("clusters/a.yaml", BEFORE, AFTER);
    fleet.render();
    fleet.commit("one").passes();
    fleet.run("git", &["checkout", "--quiet", "-b", "other", "main"]);
    fleet.change("clusters/a.yaml", BEFORE, "spec:\n  services: {cql: {annotations: {note: there}}}\n");
    fleet.render();
    fleet.commit("other").passes();
    let merge = fleet.command("git", &["merge", "one"]).output().expect("git starts");
    assert!(!merge.status.success(), "both branches changed a line");
    let both = topology("a").replacen(BEFORE, "spec:\n  services: {cql: {annotations: {note: both}}}\n", 1);
    fleet.write("clusters/a.yaml", &both);
    fleet.commit("the lock as Git left it").fails_with(&["deploy/a/cassc.lock has a merge conflict"]);
    fleet.render();
    fleet.commit("merged").passes();
}

#[test]
fn the_manifest_is_one_that_pre_commit_reads() {
    if real_tool::is_here("pre-commit", &["--version"]) {
        let manifest = repository(".pre-commit-hooks.yaml");
        let output = Command::new("pre-commit").arg("validate-manifest").arg(manifest).output();
        let output = output.expect("pre-commit starts");
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// What makes a rendered file of a new name: a ConfigMap is called after what is in it.
fn change_the_configuration(fleet: &Fleet) -> String {
    let before = fleet.tracked();
    fleet.change("clusters/a.yaml", "{heap: 1Gi}", "{heap: 1100Mi}");
    fleet.render();
    let new = fleet.command("git", &["ls-files", "--others", "deploy/a"]).output().expect("git starts");
    let new = said(&new).trim().to_owned();
    assert!(!new.is_empty() && !before.contains(&new), "a file of a new name is rendered: {new}");
    new.lines().next().expect("it is not empty").to_owned()
}

#[test]
fn a_commit_without_a_new_rendered_file_is_refused() {
    let Some(fleet) = Fleet::new() else { return };
    let new = change_the_configuration(&fleet);
    let lacks = format!("the commit would lack: {new}");
    fleet.tried(&["commit", "-am", "all but new files"]).fails_with(&[&lacks, &format!("`git add '{new}'`")]);
    fleet.write(".gitignore", "/deploy/a/*/*.yaml\n");
    fleet.commit("an ignored file").fails_with(&[&lacks, "with `--force` if it is ignored"]);
    fleet.write(".gitignore", "");
    fleet.run("git", &["add", &new]);
    fleet.tried(&["commit", "-m", "a part of what is there", "--", "clusters", ".gitignore"]).fails_with(&[&lacks]);
    fleet.tried(&["commit", "-am", "all of it"]).passes();
    assert!(fleet.tracked().contains(&new));
}

#[test]
fn a_commit_that_deletes_rendered_files_is_refused() {
    let Some(fleet) = Fleet::new() else { return };
    let deletions = [
        (
            &["rm", "--quiet", "deploy/a/cassc.lock"][..],
            "deploy/a/cassc.lock is missing, and rendered files stand there",
        ),
        (&["rm", "--quiet", "-r", "deploy/a/base"], "deploy is not what would be rendered"),
    ];
    for (deletion, complaint) in deletions {
        fleet.run("git", deletion);
        fleet.tried(&["commit", "-m", "rendered files are gone"]).fails_with(&[complaint]);
        fleet.run("git", &["reset", "--quiet", "--hard"]);
    }
    fleet.run("git", &["mv", "deploy/b", "deploy/c"]);
    fleet.tried(&["commit", "-m", "moved"]).fails_with(&["deploy/b/cassc.lock is missing, and the last commit has it"]);
}

#[test]
fn a_linked_work_tree_is_asked_about_itself() {
    let Some(mut fleet) = Fleet::new() else { return };
    fleet.run("git", &["worktree", "add", "--quiet", "-b", "linked", "../linked"]);
    fleet.work_tree = "linked";
    let new = change_the_configuration(&fleet);
    fleet.tried(&["commit", "-am", "all but new files"]).fails_with(&[&format!("the commit would lack: {new}")]);
    fleet.commit("all of it").passes();
}

#[test]
fn files_that_are_in_no_repository_lack_nothing() {
    let Some(fleet) = Fleet::new() else { return };
    let check = ["render", "clusters", "-o", "deploy", "--check", "--touched", "clusters/a.yaml"];
    change_the_configuration(&fleet);
    let in_it = fleet.command("cassc", &check).output().expect("cassc starts");
    assert_eq!(in_it.status.code(), Some(1), "{}", said(&in_it));
    let without_git =
        fleet.command(env!("CARGO_BIN_EXE_cassc"), &check).env("PATH", "").output().expect("cassc starts");
    assert_eq!(without_git.status.code(), Some(0), "{}", said(&without_git));
    let elsewhere = ["render", "clusters", "-o", "../deploy", "--check", "--touched", "clusters/a.yaml"];
    fleet.run("cassc", &["render", "clusters", "-o", "../deploy"]);
    fleet.run("cassc", &elsewhere);
    fs::remove_dir_all(fleet.path(".git")).expect("a folder of ours");
    fleet.run("cassc", &check);
}
