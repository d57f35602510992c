//! The repository of a folder: the merge base, the files there and their texts. Called by `deployed`.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::thread;

use super::{ELSEWHERE, command};
use crate::paths::real;

/// A work tree.
pub(crate) struct Repository {
    program: String,
    /// Its folder, links followed.
    pub(crate) top: PathBuf,
}

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    /// Its path from the top, with `/`; what is not UTF-8 in it is replaced.
    pub(crate) path: String,
    /// The name of its text in git.
    pub(crate) id: String,
}

/// The files of a commit.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Regular files, in the order of git.
    pub(crate) files: Vec<Blob>,
    /// Folders that belong to other repositories.
    pub(crate) submodules: Vec<String>,
}

/// Why git has no answer. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program cannot be started.
    #[error("cannot run `{program}`: {cause}; install git, or judge against a directory or a lock (`--against PATH`)")]
    Absent {
        /// Its name.
        program: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The inputs are not in a repository.
    #[error(
        "{folder} is not in a git repository, so `git:{revision}` says nothing: judge against a directory or a lock"
    )]
    NotARepository {
        /// The folder of the first input.
        folder: String,
        /// As given.
        revision: String,
    },
    /// Nothing was ever committed.
    #[error("there is no commit in {top} yet, so it has no merge base with `{revision}`: commit first")]
    NoCommit {
        /// The work tree.
        top: String,
        /// As given.
        revision: String,
    },
    /// The revision is unknown.
    #[error("there is no `{revision}` here; {cure}")]
    UnknownRevision {
        /// As given.
        revision: String,
        /// What to do.
        cure: String,
    },
    /// The clone ends before the merge base.
    #[error(
        "this clone is shallow and ends before the merge base of `{revision}` and `HEAD`; fetch the rest first: \
         `git fetch --unshallow`, `fetch-depth: 0` with actions/checkout, `GIT_DEPTH: 0` with GitLab"
    )]
    Shallow {
        /// As given.
        revision: String,
    },
    /// There is no merge base.
    #[error("`{revision}` and `HEAD` have no commit in common: name the branch that this one came from")]
    Unrelated {
        /// As given.
        revision: String,
    },
    /// An input is not in the repository of the first.
    #[error("{input} is outside of the git repository {top}: judge it in a run of its own")]
    Outside {
        /// The input.
        input: String,
        /// The work tree.
        top: String,
    },
    /// A partial clone left a text out.
    #[error(
        "git has no text of {path}, and cassc fetches nothing: this clone is partial, `git fetch --refetch --no-filter` completes it"
    )]
    MissingText {
        /// The file.
        path: String,
    },
    /// Git failed in another way.
    #[error("`git {command}` failed: {message}")]
    Failed {
        /// The subcommand.
        command: String,
        /// What git said.
        message: String,
    },
}

impl Repository {
    /// The repository that a folder is in.
    pub(crate) fn of(program: &str, folder: &Path, revision: &str) -> Result<Self, GitError> {
        let mut repository = Self { program: program.to_owned(), top: real(folder) };
        // `--show-toplevel` fails where there is no work tree; the way up is printed in plain letters whatever its name.
        let output = repository.run(&["rev-parse", "--show-toplevel", "--show-cdup"], Vec::new())?;
        if !output.status.success() {
            let failure = failed("rev-parse", &output);
            let is_none =
                matches!(&failure, GitError::Failed { message, .. } if message.contains("not a git repository"));
            let none =
                || GitError::NotARepository { folder: folder.display().to_string(), revision: revision.to_owned() };
            return Err(if is_none { none() } else { failure });
        }
        let answer = text(&output.stdout);
        repository.top = real(repository.top.join(answer.lines().last().unwrap_or_default()));
        Ok(repository)
    }

    /// The best common ancestor of a revision and `HEAD`.
    pub(crate) fn merge_base(&self, revision: &str) -> Result<String, GitError> {
        let output = self.run(&["merge-base", revision, "HEAD"], Vec::new())?;
        if output.status.success() {
            return Ok(text(&output.stdout).lines().next().unwrap_or_default().to_owned());
        }
        let top = self.top.display().to_string();
        let revision = revision.to_owned();
        if !self.is_commit("HEAD")? {
            return Err(GitError::NoCommit { top, revision });
        }
        if !self.is_commit(&revision)? {
            let cure = self.cure(&revision)?;
            return Err(GitError::UnknownRevision { revision, cure });
        }
        let shallow = self.run(&["rev-parse", "--is-shallow-repository"], Vec::new())?;
        Err(match output.status.code() {
            _ if text(&shallow.stdout).trim() == "true" => GitError::Shallow { revision },
            Some(1) => GitError::Unrelated { revision },
            _ => failed("merge-base", &output),
        })
    }

    fn is_commit(&self, revision: &str) -> Result<bool, GitError> {
        let commit = format!("{revision}^{{commit}}");
        Ok(self.run(&["rev-parse", "--quiet", "--verify", &commit], Vec::new())?.status.success())
    }

    /// What makes an unknown revision known. The branch is named twice, because a clone of a single branch would not
    /// remember it otherwise.
    fn cure(&self, revision: &str) -> Result<String, GitError> {
        let remotes = text(&self.run(&["remote"], Vec::new())?.stdout);
        let branch_of = |remote: &str| revision.strip_prefix(remote)?.strip_prefix('/').map(str::to_owned);
        let found = remotes.lines().find_map(|remote| Some((remote, branch_of(remote)?)));
        Ok(match found {
            Some((remote, branch)) => {
                format!("fetch it first: `git fetch {remote} {branch}:refs/remotes/{remote}/{branch}`")
            }
            None => "`git branch --all` lists what there is, and `git fetch` brings what is missing".to_owned(),
        })
    }

    /// The files of a commit. Links and what is no file are left out: they are no place for a topology.
    pub(crate) fn tree(&self, commit: &str) -> Result<Tree, GitError> {
        let output = self.run(&["ls-tree", "-r", "-z", "--full-tree", commit], Vec::new())?;
        if !output.status.success() {
            return Err(failed("ls-tree", &output));
        }
        let mut tree = Tree::default();
        for entry in output.stdout.split(|byte| *byte == 0) {
            // `<mode> <type> <id>`, a tab, the path.
            let entry = String::from_utf8_lossy(entry);
            let Some((about, path)) = entry.split_once('\t') else { continue };
            match about.split(' ').collect::<Vec<_>>()[..] {
                ["160000", ..] => tree.submodules.push(path.to_owned()),
                ["100644" | "100755", _, id] => tree.files.push(Blob { path: path.to_owned(), id: id.to_owned() }),
                _ => {}
            }
        }
        Ok(tree)
    }

    /// The files of the index that a sparse checkout keeps out of the work tree.
    pub(crate) fn left_out(&self) -> Result<BTreeSet<String>, GitError> {
        let sparse = self.run(&["config", "--type=bool", "core.sparseCheckout"], Vec::new())?;
        if text(&sparse.stdout).trim() != "true" {
            return Ok(BTreeSet::new());
        }
        // Each entry begins with a letter and a blank; `S` is what is left out.
        let entries = text(&self.run(&["ls-files", "-t", "-z"], Vec::new())?.stdout);
        Ok(entries.split('\0').filter_map(|entry| entry.strip_prefix("S ")).map(str::to_owned).collect())
    }

    /// The texts of files, in their order, from one process.
    pub(crate) fn texts(&self, files: &[&Blob]) -> Result<Vec<Vec<u8>>, GitError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let request: String = files.iter().flat_map(|file| [file.id.as_str(), "\n"]).collect();
        let output = self.run(&["cat-file", "--batch", "--buffer"], request.into_bytes())?;
        let mut rest = output.stdout.as_slice();
        let mut texts = Vec::with_capacity(files.len());
        for file in files {
            let Some(bytes) = next_text(&mut rest) else {
                let said = text(&output.stderr);
                // Git before 2.39.4 tries to fetch and finds the protocol forbidden, later ones do not try.
                let is_partial = said.contains("promisor") || said.contains("lazy fetching") || output.status.success();
                let missing = || GitError::MissingText { path: file.path.clone() };
                return Err(if is_partial { missing() } else { failed("cat-file", &output) });
            };
            texts.push(bytes);
        }
        Ok(texts)
    }

    /// Runs git in the work tree. What it reads is written beside, because it answers before it has read all.
    fn run(&self, arguments: &[&str], request: Vec<u8>) -> Result<Output, GitError> {
        let mut command = command(&self.program);
        command.arg("-C").arg(&self.top).args(arguments);
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let absent = |cause| GitError::Absent { program: self.program.clone(), cause };
        let mut child = command.spawn().map_err(absent)?;
        let mut input = child.stdin.take();
        thread::scope(|scope| {
            scope.spawn(move || {
                // That git reads no further shows in its own failure.
                let _ = input.as_mut().map(|input| input.write_all(&request));
            });
            child.wait_with_output().map_err(absent)
        })
    }
}

/// The next text of `cat-file --batch`: a line `<id> <type> <size>`, as many bytes, a newline. `None` for
/// `<id> missing`.
fn next_text(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(&rest[..end]).ok()?.rsplit_once(' ')?.1.parse().ok()?;
    let bytes = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + 1 + size + 1..)?;
    Some(bytes)
}

fn failed(command: &str, output: &Output) -> GitError {
    let said = text(&output.stderr);
    let first = said.lines().find(|line| line.starts_with("fatal: ")).or_else(|| said.lines().next());
    let first = first.unwrap_or("it did not say why");
    GitError::Failed { command: command.to_owned(), message: first.trim_start_matches("fatal: ").to_owned() }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
