//! `golden/render/<example>/` is the full tree of each file under `examples/`, lock included.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cassc::catalogue::Warnings;
use cassc::cluster::Cluster;
use cassc::deliver::{Arranged, arrange};
use cassc::lock::{LOCK_FILE_NAME, Lock};
use cassc::parse::source::{Origin, Source};
use cassc::{Compilation, Options, compile};
use walkdir::WalkDir;

use crate::compare::{assert_same, difference, repository, updating, yaml_files};
use crate::rendered::topologies;

fn examples() -> Vec<PathBuf> {
    yaml_files("examples")
}

fn compiled(path: &Path) -> Compilation {
    let name = format!("examples/{}", path.file_name().expect("an example has a name").to_string_lossy());
    let bytes = fs::read(path).expect("an example can be read");
    let source = Source { name, bytes, origin: Origin::Named };
    let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
    assert!(!compilation.accepted.is_empty(), "{}: {:#?}", path.display(), compilation.complaints);
    compilation
}

/// The files of an example below `golden/render`, with their text.
fn tree(path: &Path) -> Vec<(PathBuf, String)> {
    let compilation = compiled(path);
    let folder = repository("golden/render").join(path.file_stem().expect("an example has a name"));
    let mut files = Vec::new();
    for (source, cluster) in compilation.clusters() {
        let Arranged { files: tree, templates, .. } = arrange(&cluster);
        let lock = Lock::new(Path::new(source), cluster.clone(), &tree, templates).to_text();
        files.extend(tree.iter().map(|(path, text)| (folder.join(path), text.to_owned())));
        files.push((folder.join(LOCK_FILE_NAME), lock));
    }
    files
}

#[test]
fn every_example_renders_as_expected() {
    let mut differences = Vec::new();
    let mut rendered = BTreeSet::new();
    for example in examples() {
        for (path, text) in tree(&example) {
            differences.extend(difference(&path, &text));
            rendered.insert(path);
        }
    }
    let standing = WalkDir::new(repository("golden/render")).into_iter().filter_map(Result::ok);
    for file in standing.filter(|entry| entry.file_type().is_file() && !rendered.contains(entry.path())) {
        if updating() {
            fs::remove_file(file.path()).expect("an orphan can be removed");
        } else {
            differences.push(format!("{} is no longer rendered\n", file.path().display()));
        }
    }
    assert_same(&differences);
}

#[test]
fn no_example_brings_up_a_complaint() {
    for example in examples() {
        assert_eq!(compiled(&example).complaints, [], "{}", example.display());
    }
}

#[test]
fn every_example_renders_the_same_bytes_again() {
    for example in examples() {
        assert_eq!(tree(&example), tree(&example));
    }
}

/// Scalars over several lines, in every style of YAML.
const LINES: &str = "\
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop}
spec:
  cassandra: {version: 4.1.9}
  resources: {limits: {memory: 8Gi}}
  storage: {size: 10Gi}
  datacenters: [{name: dc1, nodes: 1}]
  pod:
    containers:
      - name: tail
        image: busybox
        args:
          - |
            kept
              lines

          - >-
            folded
            lines
          - |+
            kept to the end

          - \"quoted
            lines\"
          - plain
            lines
";

/// As Git writes a checkout with `core.autocrlf=true`.
#[test]
fn the_line_ends_of_a_topology_decide_nothing() {
    let texts = topologies().into_iter().map(|path| fs::read_to_string(path).expect("a topology can be read"));
    for text in texts.chain([LINES.to_owned()]) {
        let clusters = |text: &str| -> Vec<Cluster> {
            let source = Source { name: "shop.yaml".to_owned(), bytes: text.into(), origin: Origin::Named };
            let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
            compilation.clusters().map(|(_, cluster)| cluster).collect()
        };
        let expected = clusters(&text);
        assert!(!expected.is_empty(), "{text}");
        assert_eq!(clusters(&text.replace('\n', "\r\n")), expected);
    }
}
