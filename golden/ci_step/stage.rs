//! Three repositories below a scratch folder: `source.git` and `gitops.git` as a platform has them, and `source`, the
//! clone of a runner in which the step runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::compare::repository;
use crate::real_tool::is_here;

/// A variable of the step and its value.
pub(super) type Setting<'s> = (&'s str, &'s str);

/// What a run of the step came to.
pub(super) struct Outcome {
    /// The exit code.
    pub(super) code: Option<i32>,
    /// What the log of the job shows.
    pub(super) log: String,
    /// The comment.
    pub(super) comment: String,
}

pub(super) struct Stage {
    _guard: TempDir,
    /// Its folder, links followed.
    pub(super) path: PathBuf,
    /// What runs the step.
    shell: &'static str,
}

/// Tells a story in the plainest shell that is here; not at all without git.
pub(super) fn in_a_shell(story: impl Fn(Stage)) {
    if is_here("git", &["--version"]) {
        story(Stage::new(if is_here("dash", &["-c", ":"]) { "dash" } else { "sh" }));
    }
}

/// Tells a story once in each shell, where the ways of shells matter: those on which the whole step depends.
pub(super) fn in_every_shell(story: impl Fn(Stage)) {
    in_a_shell(&story);
    if is_here("git", &["--version"]) && is_here("bash", &["-c", ":"]) {
        story(Stage::new("bash"));
    }
}

/// A topology of a cluster with one rack.
pub(super) fn topology(name: &str, nodes: u32) -> String {
    format!(
        "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: {name}, namespace: {name}}}\nspec:\n  \
         cassandra: {{version: 4.1.9}}\n  resources: {{limits: {{memory: 8Gi}}}}\n  storage: {{size: 10Gi}}\n  \
         datacenters: [{{name: dc1, nodes: {nodes}}}]\n"
    )
}

/// One that may be deleted once this is deployed.
pub(super) fn ending(name: &str, nodes: u32) -> String {
    topology(name, nodes) + "  accept: [{code: E360, reason: moved to another cluster}]\n"
}

impl Stage {
    fn new(shell: &'static str) -> Self {
        let guard = tempfile::tempdir().expect("a temporary folder can be made");
        let path = fs::canonicalize(guard.path()).expect("the folder is there");
        let stage = Self { _guard: guard, path, shell };
        for repository in ["source.git", "gitops.git"] {
            stage.git(".", &["init", "--quiet", "--bare", "--initial-branch=main", repository]);
        }
        stage.git(".", &["clone", "--quiet", "source.git", "source"]);
        stage.git("source", &["checkout", "--quiet", "-B", "main"]);
        stage.commit("clusters/shop.yaml", &topology("shop", 3));
        stage.git("source", &["push", "--quiet", "origin", "main"]);
        stage
    }

    pub(super) fn git_output(&self, folder: &str, arguments: &[&str]) -> Output {
        let mut git = Command::new("git");
        self.settle(git.args(arguments).current_dir(self.path.join(folder)));
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), "A Person").env(format!("GIT_{role}_EMAIL"), "person@example.com");
        }
        git.output().expect("git answered to its probe, so it starts")
    }

    /// A command of git that succeeds, and what it printed.
    pub(super) fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let output = self.git_output(folder, arguments);
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The environment of a runner, whatever this machine has.
    pub(super) fn settle(&self, command: &mut Command) {
        let path = std::env::var("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", &self.path).env("LC_ALL", "C");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Writes a file of the source repository and commits it; the commit.
    pub(super) fn commit(&self, path: &str, text: &str) -> String {
        self.write(&format!("source/{path}"), text);
        self.git("source", &["add", "--all", "--", path]);
        self.git("source", &["commit", "--quiet", "--message", path]);
        self.head()
    }

    pub(super) fn head(&self) -> String {
        self.git("source", &["rev-parse", "HEAD"])
    }

    /// Runs the step with nothing but these settings.
    pub(super) fn step(&self, mode: &str, settings: &[Setting]) -> Outcome {
        let script = repository("examples/ci/cassc-ci.sh");
        let cassc = Path::new(env!("CARGO_BIN_EXE_cassc")).parent().expect("a binary lies in a folder");
        let mut step = Command::new(self.shell);
        self.settle(step.arg(script).arg(mode).current_dir(self.path.join("source")));
        // A scenario may put another `cassc` before the real one.
        let path = std::env::var("PATH").unwrap_or_default();
        step.env("PATH", format!("{}:{}:{path}", self.path.join("bin").display(), cassc.display()));
        let output = step.envs(settings.iter().copied()).output().expect("the shell answered to its probe");
        let mut log = String::from_utf8_lossy(&output.stdout).into_owned();
        log.push_str(&String::from_utf8_lossy(&output.stderr));
        let comment = fs::read_to_string(self.path.join("source/plan.md")).unwrap_or_default();
        let _ = fs::remove_file(self.path.join("source/plan.md"));
        assert!(!self.path.join("source/.cassc").exists(), "the checkout of the GitOps repository is removed");
        Outcome { code: output.status.code(), log, comment }
    }

    /// Delivers to the folder `deploy` of the branch `main` of the other repository, with more settings.
    pub(super) fn deliver(&self, settings: &[Setting]) -> Outcome {
        let gitops = self.path.join("gitops.git").display().to_string();
        let usual = [
            ("CASSC_INPUTS", "clusters"),
            ("CASSC_OUTPUT", "deploy"),
            ("CASSC_BRANCH", "main"),
            ("CASSC_REPOSITORY", &gitops),
        ];
        self.step("deliver", &[&usual[..], settings].concat())
    }

    /// Delivers to the repository of the topologies itself.
    pub(super) fn deliver_beside(&self, settings: &[Setting]) -> Outcome {
        let usual = [("CASSC_INPUTS", "clusters"), ("CASSC_OUTPUT", "deploy"), ("CASSC_BRANCH", "main")];
        self.step("deliver", &[&usual[..], settings].concat())
    }

    /// Judges against `origin/main`.
    pub(super) fn check(&self, settings: &[Setting]) -> Outcome {
        let usual = [("CASSC_INPUTS", "clusters"), ("CASSC_BASE", "origin/main")];
        self.step("check", &[&usual[..], settings].concat())
    }

    /// The subjects of the commits on a branch, the latest first.
    pub(super) fn subjects(&self, repository: &str, branch: &str) -> Vec<String> {
        let log = self.git_output(repository, &["log", "--format=%s", branch]);
        String::from_utf8_lossy(&log.stdout).lines().map(str::to_owned).collect()
    }

    /// The files on a branch below a folder.
    pub(super) fn files(&self, repository: &str, branch: &str, folder: &str) -> Vec<String> {
        let listed = self.git(repository, &["ls-tree", "-r", "--name-only", branch, "--", folder]);
        listed.lines().map(str::to_owned).collect()
    }

    /// A text without what is different in each run: the folder, the names of commits.
    pub(super) fn shown(&self, text: &str) -> String {
        let text = text.replace(&self.path.display().to_string(), "/r");
        let is_name = |word: &str| [8, 40].contains(&word.len()) && word.bytes().all(|it| it.is_ascii_hexdigit());
        let words = text.split_inclusive(|it: char| !it.is_ascii_alphanumeric()).map(|piece| {
            let word = piece.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
            if is_name(word) { piece.replace(word, "1a2b3c4d") } else { piece.to_owned() }
        });
        words.collect()
    }
}

impl Outcome {
    /// The run succeeded.
    pub(super) fn done(self) -> Self {
        self.ended(0)
    }

    /// The run ended with an exit code.
    pub(super) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.log);
        self
    }

    /// The log tells something.
    pub(super) fn tells(self, what: &str) -> Self {
        assert!(self.log.contains(what), "{what:?} is not in the log:\n{}", self.log);
        self
    }

    /// The comment says something.
    pub(super) fn comments(self, what: &str) -> Self {
        assert!(self.comment.starts_with("<!-- cassc plan -->\n"), "the next run finds it: {:?}", self.comment);
        assert!(self.comment.contains(what), "{what:?} is not in the comment:\n{}", self.comment);
        self
    }
}
