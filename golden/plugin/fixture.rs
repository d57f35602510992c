//! Repositories that Applications point into: topologies, and the locks that the binary itself writes for them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A topology of three racks.
pub(crate) const SHOP: &str = "\
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop, namespace: cassandra}
spec:
  cassandra:
    version: \"4.1.9\"
    config: {concurrent_reads: 64}
  resources: {requests: {cpu: \"4\", memory: 16Gi}, limits: {memory: 16Gi}}
  storage: {size: 500Gi}
  datacenters:
    - name: dc1
      nodes: 6
      racks: [{name: a, zone: za}, {name: b, zone: zb}, {name: c, zone: zc}]
";

/// A repository with a folder `clusters`.
pub(crate) struct Fixture(TempDir);

impl Fixture {
    /// With Git's folder, and files that have nothing to do with cassc.
    pub(crate) fn new() -> Self {
        let fixture = Self(tempfile::tempdir().expect("a temporary folder can be made"));
        fixture.write(".git/HEAD", "ref: refs/heads/main\n").write("README.md", "# databases\n");
        fs::create_dir(fixture.path().join("clusters")).expect("the folder is fresh");
        fixture
    }

    /// With the topology `clusters/shop.yaml` and its lock.
    pub(crate) fn shop() -> Self {
        let fixture = Self::new();
        fixture.write("clusters/shop.yaml", SHOP).lock("shop.yaml");
        fixture
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
        self
    }

    pub(crate) fn remove(&self, path: &str) -> &Self {
        let path = self.path().join(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("it is there");
        self
    }

    pub(crate) fn link(&self, path: &str, target: &str) -> &Self {
        std::os::unix::fs::symlink(target, self.path().join(path)).expect("the link can be made");
        self
    }

    /// Replaces a text in a file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) -> &Self {
        let text = fs::read_to_string(self.path().join(path)).expect("the file is there");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(path, &text.replace(from, to))
    }

    /// Runs cassc in the folder `clusters`, arguments separated by blanks.
    pub(crate) fn cassc(&self, arguments: &str) -> Output {
        let mut cassc = Command::new(env!("CARGO_BIN_EXE_cassc"));
        cassc.args(arguments.split(' ')).current_dir(self.path().join("clusters"));
        cassc.output().expect("the binary is built")
    }

    /// Writes the lock of a topology in `clusters`, as a user does.
    pub(crate) fn lock(&self, topology: &str) -> &Self {
        let output = self.cassc(&format!("render {topology} -o . --lock-only"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self
    }

    /// What `cassc render` prints.
    pub(crate) fn rendered(&self, arguments: &str) -> String {
        let output = self.cassc(&format!("render {arguments}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("cassc prints UTF-8")
    }
}
