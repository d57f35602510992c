//! A folder in which topologies, locks and commits are made, and what `cassc::deployed` tells of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cassc::catalogue::Warnings;
use cassc::deployed::{Against, Deployed, Pairing, Surroundings, pair, read, wanted};
use cassc::file_tree::FileTree;
use cassc::lock::{Lock, path_from};
use cassc::parse::source::{Origin, Source, read_all};
use cassc::{Options, compile};
use tempfile::TempDir;

use crate::real_tool::{is_here, output};

/// Whether there is a git; else the test has said that it is skipped.
pub(crate) fn git_is_here() -> bool {
    is_here("git", &["--version"])
}

/// A topology of a cluster with one datacenter, in a namespace of its own.
pub(crate) fn topology(name: &str, nodes: u32) -> String {
    format!(
        "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: {name}, namespace: {name}}}\nspec:\n  \
         cassandra: {{version: 4.1.9}}\n  resources: {{limits: {{memory: 8Gi}}}}\n  storage: {{size: 10Gi}}\n  \
         datacenters: [{{name: dc1, nodes: {nodes}}}]\n"
    )
}

/// A folder of its own, maybe with a repository in it.
pub(crate) struct Scratch {
    _guard: TempDir,
    /// Its path, links followed.
    pub(crate) path: PathBuf,
}

impl Scratch {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let guard = tempfile::tempdir().expect("a temporary folder can be made");
        let path = fs::canonicalize(guard.path()).expect("the folder is there").join("r");
        fs::create_dir(&path).expect("the folder is empty");
        Self { _guard: guard, path }
    }

    /// A repository with a branch `main` and no commit.
    pub(crate) fn repository() -> Self {
        let scratch = Self::new();
        scratch.git("init --quiet --initial-branch=main");
        scratch
    }

    /// Runs git in the folder; arguments are separated by blanks.
    pub(crate) fn git(&self, arguments: &str) -> String {
        self.git_with(&arguments.split(' ').collect::<Vec<_>>())
    }

    /// Runs git in the folder, whatever the user's own configuration says.
    pub(crate) fn git_with(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command
            .current_dir(&self.path)
            .args(arguments)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        // A hook, which may run the tests, has these.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(name);
        }
        for person in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{person}_NAME"), "A person")
                .env(format!("GIT_{person}_EMAIL"), "person@example.com");
            command.env(format!("GIT_{person}_DATE"), "2026-01-01T00:00:00Z");
        }
        String::from_utf8_lossy(&output(&mut command)).trim().to_owned()
    }

    /// Commits everything.
    pub(crate) fn commit(&self) -> &Self {
        self.git("add --all");
        self.git("commit --quiet --allow-empty --message change");
        self
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
        self
    }

    /// Removes a file or a folder.
    pub(crate) fn remove(&self, path: &str) -> &Self {
        let path = self.path.join(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("it can be removed");
        self
    }

    /// Writes the locks of the topologies in a file, as a render into a directory does.
    pub(crate) fn lock(&self, topology: &str, output: &str) -> &Self {
        let file = self.path.join(topology);
        let bytes = fs::read(&file).expect("the topology was written");
        let source = Source { name: file.display().to_string(), bytes, origin: Origin::Named };
        let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
        assert!(!compilation.accepted.is_empty(), "{:#?}", compilation.complaints);
        for (_, cluster) in compilation.clusters() {
            let way = path_from(&self.path.join(output), &file);
            let lock = Lock::new(&way, cluster.clone(), &FileTree::default(), BTreeMap::new());
            self.write(&format!("{output}/{}/cassc.lock", cluster.name), lock.to_text());
        }
        self
    }

    /// What is deployed, for inputs in the folder; absolute ones and `-` are taken as they are.
    pub(crate) fn deployed(&self, against: &str, inputs: &[&str]) -> Result<Deployed, String> {
        let inputs = self.inputs(inputs);
        let against = match against.parse().map_err(|error: cassc::deployed::DeployedError| error.to_string())? {
            Against::Path(path) => Against::Path(self.path.join(path)),
            Against::Revision(revision) => Against::Revision(revision),
        };
        let surroundings = Surroundings { inputs: &inputs, clusters: &[], output: None, git: "git" };
        read(&against, surroundings).map_err(|error| self.shown(&error.to_string()))
    }

    /// What is deployed, cluster by cluster.
    pub(crate) fn told(&self, against: &str, inputs: &[&str]) -> Vec<String> {
        let deployed = self.deployed(against, inputs).expect("it can be told");
        deployed.clusters.iter().map(|cluster| self.shown(&told(cluster))).collect()
    }

    /// The partners of the inputs and the clusters that are gone.
    pub(crate) fn paired(&self, against: &str, inputs: &[&str]) -> Pairing {
        let deployed = self.deployed(against, inputs).expect("it can be told");
        let sources = read_all(&self.inputs(inputs)).expect("the inputs can be read");
        let compilation = compile(sources, Options { dialect: None, warnings: Warnings::Show });
        pair(deployed, &wanted(&compilation.texts, &compilation.accepted))
    }

    /// The names of the partners and of the clusters that are gone.
    pub(crate) fn names(&self, against: &str, inputs: &[&str]) -> (Vec<String>, Vec<String>) {
        let Pairing { pairs, gone, .. } = self.paired(against, inputs);
        let name = |pair: &Option<_>| pair.as_ref().map_or_else(|| "new".to_owned(), name);
        (pairs.iter().map(name).collect(), gone.iter().map(self::name).collect())
    }

    /// A text without the folder in it.
    pub(crate) fn shown(&self, text: &str) -> String {
        text.replace(&self.path.display().to_string(), "/r")
    }

    fn inputs(&self, inputs: &[&str]) -> Vec<String> {
        let input = |input: &&str| match *input {
            "-" => "-".to_owned(),
            input => self.path.join(input).display().to_string(),
        };
        inputs.iter().map(input).collect()
    }
}

fn name(cluster: &cassc::deployed::DeployedCluster) -> String {
    cluster.cluster.name.clone()
}

fn told(deployed: &cassc::deployed::DeployedCluster) -> String {
    let nodes: u32 = deployed.cluster.datacenters.iter().map(cassc::cluster::Datacenter::nodes).sum();
    let lock = if deployed.lock.is_some() { "lock" } else { "no lock" };
    let topology =
        deployed.topology_text.as_ref().map_or_else(|| "no text".to_owned(), |it| format!("document {}", it.document));
    let path = deployed.path.as_deref().unwrap_or(Path::new("nowhere")).display();
    format!("{} of {nodes}: {lock}, {topology}, {path} {:?}", deployed.cluster.name, deployed.file)
}
