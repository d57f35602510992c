//! Two branches change one cluster, and `git` merges them: what stands in the lock, and what the next `cassc render`
//! makes of it. The git of this machine on scratch repositories, and the binary itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::real_tool::is_here;

/// Three racks and three datacenters, so that branches can change things far from each other and close together.
const TOPOLOGY: &str = "\
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop}
spec:
  cassandra:
    version: \"4.1.9\"
    config:
      concurrent_reads: 64
  resources: {requests: {cpu: \"4\", memory: 16Gi}, limits: {memory: 16Gi}}
  storage: {size: 500Gi}
  datacenters:
    - name: dc1
      nodes: 3
      racks: [{name: a}, {name: b}, {name: c}]
    - name: dc2
      nodes: 3
      racks: [{name: a}, {name: b}, {name: c}]
    - name: dc3
      nodes: 3
      racks: [{name: a}, {name: b}, {name: c}]
  delivery: {dialect: plain}
";

/// What a branch does to the topology: a text that stands in it, and what takes its place.
type Change = (&'static str, &'static str);

const FEWER_READS: Change = ("concurrent_reads: 64", "concurrent_reads: 32");
const FEWER_READS_STILL: Change = ("concurrent_reads: 64", "concurrent_reads: 16");
const GROWTH: Change = ("    - name: dc1\n      nodes: 3\n", "    - name: dc1\n      nodes: 6\n");
const RACK: Change = (
    "dc1\n      nodes: 3\n      racks: [{name: a}, {name: b}, {name: c}]",
    "dc1\n      nodes: 4\n      racks: [{name: a}, {name: b}, {name: c}, {name: d}]",
);
const DATACENTER: Change =
    ("  delivery:", "    - {name: dc4, nodes: 3, racks: [{name: a}, {name: b}, {name: c}]}\n  delivery:");

/// A scratch repository with the topology, its rendered files in `deploy`, and a branch `main`.
struct Repository(tempfile::TempDir);

impl Repository {
    /// `None` where there is no git.
    fn new(topology: &str) -> Option<Self> {
        if !is_here("git", &["--version"]) {
            return None;
        }
        let repository = Self(tempfile::tempdir().expect("a temporary folder can be made"));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.write("shop.yaml", topology);
        repository.write("deploy/shop/README", "not of cassc\n");
        repository.render_and_commit("base");
        Some(repository)
    }

    /// A repository with two branches off `main` that changed the topology and were rendered; on the first of them.
    fn with_branches(ours: Change, theirs: Change) -> Option<Self> {
        let repository = Self::new(TOPOLOGY)?;
        repository.branch("ours", "main", ours);
        repository.branch("theirs", "main", theirs);
        repository.git(&["checkout", "--quiet", "ours"]);
        Some(repository)
    }

    fn branch(&self, name: &str, start: &str, change: Change) {
        self.git(&["checkout", "--quiet", "-b", name, start]);
        self.change(change);
        self.render_and_commit(name);
    }

    fn change(&self, (before, after): Change) {
        let topology = self.read("shop.yaml");
        assert!(topology.contains(before), "{before:?} is in the topology");
        self.write("shop.yaml", &topology.replacen(before, after, 1));
    }

    fn render_and_commit(&self, message: &str) {
        let rendered = self.cassc(&["render", "shop.yaml", "-o", "deploy"]);
        assert_eq!(rendered.0, Some(0), "{}", rendered.1);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file is there")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    fn run_git(&self, arguments: &[&str]) -> Output {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(self.0.path());
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_EDITOR", "true");
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), "A Person").env(format!("GIT_{role}_EMAIL"), "person@example.com");
        }
        git.output().expect("git answered to its probe, so it starts")
    }

    /// A command of git that succeeds, and what it printed.
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.run_git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A merge, rebase or the like that stops at a conflict.
    fn stops_at_a_conflict(&self, arguments: &[&str]) {
        let output = self.run_git(arguments);
        assert!(!output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(self.read("deploy/shop/cassc.lock").contains("\n<<<<<<< "), "the lock is in conflict");
    }

    /// Runs cassc; its exit code and what it said on standard error.
    fn cassc(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut cassc = Command::new(env!("CARGO_BIN_EXE_cassc"));
        let output = cassc.args(arguments).current_dir(self.0.path()).output().expect("the binary was built");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn render(&self) -> (Option<i32>, String) {
        self.cassc(&["render", "shop.yaml", "-o", "deploy"])
    }

    /// The files below a folder, with their text.
    fn files(&self, folder: &str) -> Vec<(String, String)> {
        let root = self.path(folder);
        let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter();
        let files = entries.map(|entry| entry.expect("an entry can be read")).filter(|it| it.file_type().is_file());
        files.map(|file| (relative(file.path(), &root), text(file.path()))).collect()
    }

    fn generation(&self) -> u64 {
        let lock: serde_json::Value =
            serde_json::from_str(&self.read("deploy/shop/cassc.lock")).expect("the lock is whole");
        lock["cluster"]["generation"].as_u64().expect("a generation is a number")
    }

    /// Renders after a merge that stopped, and asserts that all is well again: one sentence about the lock, nothing
    /// kept but the foreign file, the same tree as a render from nothing but the lock, and nothing left to do.
    fn assert_repaired(&self) {
        let lock = Path::new("deploy").join("shop").join("cassc.lock");
        let sentence = format!(
            "{} had a merge conflict: both sides were read, and the files were rendered anew\n",
            lock.display()
        );
        let (code, said) = self.render();
        assert_eq!(code, Some(0), "{said}");
        let rest = said.strip_prefix(&sentence).unwrap_or_else(|| panic!("{said}"));
        assert!(rest.contains("\nkept, not written by cassc: deploy/shop/README\n"), "{said}");
        assert!(rest.lines().next_back().is_some_and(|line| line.starts_with("1 cluster: ")), "{said}");
        assert!(!rest.contains("edited by hand"), "{said}");
        assert_eq!(self.cassc(&["render", "shop.yaml", "-o", "deploy", "--check"]), (Some(0), String::new()));

        for path in ["cassc.lock", "README"] {
            self.write(&format!("fresh/shop/{path}"), &self.read(&format!("deploy/shop/{path}")));
        }
        assert_eq!(self.cassc(&["render", "shop.yaml", "-o", "fresh"]).0, Some(0));
        assert_eq!(self.files("deploy"), self.files("fresh"));
        fs::remove_dir_all(self.path("fresh")).expect("it is ours");
        let left = self.files("deploy").into_iter().filter(|(_, text)| text.contains("<<<<<<<")).collect::<Vec<_>>();
        assert_eq!(left, []);
    }
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("it is below the folder").to_string_lossy().into_owned()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("everything that cassc and git write is text")
}

#[test]
fn a_setting_and_growth_merge_but_for_the_lock_which_a_render_repairs() {
    let Some(repository) = Repository::with_branches(FEWER_READS, GROWTH) else { return };
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    assert_eq!(repository.git(&["diff", "--name-only", "--diff-filter=U"]), "deploy/shop/cassc.lock\n");
    repository.assert_repaired();
    assert_eq!(repository.generation(), 3);
    let stateful_set = repository.read("deploy/shop/cluster/apps_v1_statefulset_shop-dc1-a-sts.yaml");
    assert!(stateful_set.contains("replicas: 2"));
    repository.render_and_commit("merge");
    repository.git(&["checkout", "--quiet", "theirs"]);
    repository.git(&["merge", "--quiet", "ours"]);
    assert_eq!(repository.cassc(&["render", "shop.yaml", "-o", "deploy", "--check"]).0, Some(0));
}

#[test]
fn a_person_sees_in_the_lock_which_files_and_settings_two_branches_disagree_about() {
    let Some(repository) = Repository::with_branches(FEWER_READS, FEWER_READS_STILL) else { return };
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    let lock = repository.read("deploy/shop/cassc.lock");
    assert!(lock.lines().nth(1).is_some_and(|note| note.contains("run cassc render: it reads both sides")), "{lock}");
    let hunk = "<<<<<<< HEAD\n              \"concurrent_reads\": 32\n=======\n              \"concurrent_reads\": 16\n>>>>>>> theirs\n";
    assert!(lock.contains(hunk), "{lock}");
}

#[test]
fn one_setting_changed_twice_is_decided_in_the_topology_and_then_rendered() {
    let Some(repository) = Repository::with_branches(FEWER_READS, FEWER_READS_STILL) else { return };
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    let before = repository.files("deploy");
    let (code, said) = repository.render();
    assert!(code == Some(1) && said.contains("shop.yaml") && !said.contains("cassc.lock"), "{said}");
    assert_eq!(repository.files("deploy"), before);

    repository.git(&["checkout", "--ours", "shop.yaml"]);
    repository.assert_repaired();
    let configs = repository.files("deploy").into_iter().filter(|(path, _)| path.contains("-config-"));
    let configs: Vec<String> = configs.map(|(_, text)| text).collect();
    assert!(configs.len() == 3 && configs.iter().all(|text| text.contains("concurrent_reads: 32")), "{configs:?}");
}

#[test]
fn a_datacenter_and_a_rack_merge_in_every_style_of_conflict() {
    for style in ["merge", "diff3", "zdiff3"] {
        let Some(repository) = Repository::with_branches(DATACENTER, RACK) else { return };
        repository.git(&["config", "merge.conflictStyle", style]);
        repository.stops_at_a_conflict(&["merge", "theirs"]);
        assert_eq!(repository.read("deploy/shop/cassc.lock").contains("\n||||||| "), style != "merge");
        repository.assert_repaired();
        let names = repository.files("deploy").into_iter().map(|(path, _)| path);
        assert_eq!(names.filter(|name| name.contains("statefulset")).count(), 13);
    }
}

#[test]
fn a_rebase_stops_with_the_sides_exchanged_and_is_repaired_commit_by_commit() {
    let Some(repository) = Repository::with_branches(FEWER_READS, GROWTH) else { return };
    repository.change(("4.1.9", "4.1.10"));
    repository.render_and_commit("another commit");
    repository.stops_at_a_conflict(&["rebase", "theirs"]);
    repository.assert_repaired();
    assert_eq!(repository.generation(), 3);
    repository.git(&["add", "--all"]);
    repository.stops_at_a_conflict(&["rebase", "--continue"]);
    repository.assert_repaired();
    assert_eq!(repository.generation(), 4);
}

/// With `diff3`, the base of a merge of two branches that merged each other before may hold a conflict of its own.
#[test]
fn branches_that_merged_each_other_before_are_repaired_too() {
    let Some(repository) = Repository::with_branches(FEWER_READS, FEWER_READS_STILL) else { return };
    repository.git(&["config", "merge.conflictStyle", "diff3"]);
    repository.git(&["branch", "first", "ours"]);
    for (branch, other, keep) in [("ours", "theirs", "--ours"), ("theirs", "first", "--ours")] {
        repository.git(&["checkout", "--quiet", branch]);
        repository.stops_at_a_conflict(&["merge", other]);
        repository.git(&["checkout", keep, "shop.yaml"]);
        repository.assert_repaired();
        repository.render_and_commit("merge");
    }
    repository.stops_at_a_conflict(&["merge", "ours"]);
    assert!(repository.read("deploy/shop/cassc.lock").contains("\n<<<<<<<<< "), "the base holds a conflict");
    repository.git(&["checkout", "--ours", "shop.yaml"]);
    repository.assert_repaired();
}

#[test]
fn a_check_and_a_diff_report_the_conflict_and_touch_nothing() {
    let Some(repository) = Repository::with_branches(FEWER_READS, GROWTH) else { return };
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    let before = repository.files("deploy");
    for verb in [&["render", "--check"][..], &["diff"]] {
        let (code, said) = repository.cassc(&[verb, &["shop.yaml", "-o", "deploy"]].concat());
        assert_eq!(code, Some(1), "{said}");
        let told = "deploy/shop/cassc.lock has a merge conflict: run `cassc render`, which reads both sides\n";
        assert!(said.starts_with(told), "{said}");
    }
    assert_eq!(repository.files("deploy"), before);
}

#[test]
fn a_file_that_one_branch_changed_and_the_other_no_longer_renders_goes() {
    let Some(repository) = Repository::with_branches(("dialect: plain", "dialect: argocd"), DATACENTER) else { return };
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    assert!(repository.path("deploy/shop/base/kustomization.yaml").exists());
    if repository.read("shop.yaml").contains("<<<<<<<") {
        repository.git(&["checkout", "--ours", "shop.yaml"]);
        repository.change(DATACENTER);
    }
    repository.assert_repaired();
    assert!(!repository.path("deploy/shop/base/kustomization.yaml").exists());
}

/// Only StatefulSets of different datacenters change, and the generation of the steps, by both branches alike: Git has
/// nothing to ask.
#[test]
fn a_lock_that_git_merged_without_a_conflict_is_a_lock() {
    let topology = TOPOLOGY.replace("dialect: plain", "dialect: argocd");
    let Some(repository) = Repository::new(&topology) else { return };
    for (branch, datacenter) in [("ours", "dc1"), ("theirs", "dc3")] {
        repository.git(&["checkout", "--quiet", "-b", branch, "main"]);
        let name = format!("    - name: {datacenter}\n");
        let more = format!("{name}      resources: {{requests: {{cpu: \"8\"}}}}\n");
        repository.write("shop.yaml", &topology.replace(&name, &more));
        repository.render_and_commit(branch);
    }
    let merged = repository.git(&["merge", "ours"]);
    assert!(merged.contains("Auto-merging deploy/shop/cassc.lock"), "{merged}");
    assert_eq!(repository.cassc(&["render", "shop.yaml", "-o", "deploy", "--check"]), (Some(0), String::new()));
}

#[test]
fn a_conflict_that_somebody_damaged_is_left_alone_and_both_ways_back_work() {
    let Some(repository) = Repository::with_branches(DATACENTER, RACK) else { return };
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    let lock = repository.read("deploy/shop/cassc.lock");
    repository.write("deploy/shop/cassc.lock", &lock.replacen("=======\n", "", 1));
    let before = repository.files("deploy");
    let (code, said) = repository.render();
    assert_eq!((code, repository.files("deploy")), (Some(2), before), "{said}");
    let advice = "git restore --source=HEAD --staged --worktree -- deploy/shop";
    assert!(said.contains("deploy/shop/cassc.lock has a merge conflict in line ") && said.contains(advice), "{said}");

    repository.git(&["checkout", "--merge", "--", "deploy/shop/cassc.lock"]);
    repository.assert_repaired();
    repository.git(&["reset", "--quiet", "--hard", "ours"]);
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    repository.git(&advice.split(' ').skip(1).collect::<Vec<_>>());
    let (code, said) = repository.render();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(repository.cassc(&["render", "shop.yaml", "-o", "deploy", "--check"]), (Some(0), String::new()));
}

/// Who takes one side of the lock by hand hides from cassc that Git merged the files: they count as edited, and stay.
#[test]
fn a_lock_that_was_resolved_by_hand_keeps_what_git_merged_until_the_conflict_is_put_back() {
    let Some(repository) = Repository::with_branches(FEWER_READS, GROWTH) else { return };
    repository.stops_at_a_conflict(&["merge", "theirs"]);
    repository.git(&["checkout", "--ours", "--", "deploy/shop/cassc.lock"]);
    let (code, said) = repository.render();
    assert_eq!(code, Some(1), "{said}");
    let kept = "edited by hand: deploy/shop/base/v1_configmap_shop-desired-ring.yaml";
    assert!(said.contains(kept), "{said}");
    repository.git(&["checkout", "--merge", "--", "deploy/shop/cassc.lock"]);
    repository.assert_repaired();
}
