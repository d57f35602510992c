//! How long a fleet takes, stage by stage: `cargo bench`. The clusters are `examples/multi-rack.yaml` under other names
//! in other namespaces, one file each. `tests/bench/compare.sh` times whole processes, and `kubectl kustomize` beside.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a benchmark reads files")]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use cassc::catalogue::{Warnings, settle};
use cassc::check::Checked;
use cassc::deliver::{Arranged, arrange};
use cassc::deployed::OutputLocks;
use cassc::emit::Overwrite;
use cassc::emit::directory::write;
use cassc::lock::Lock;
use cassc::parse::Parsed;
use cassc::parse::source::{Origin, Source};
use cassc::{Compilation, Options, check, compile, overrides, parse};
use divan::{Bencher, black_box};
use rayon::prelude::*;
use tempfile::TempDir;

/// How many clusters a fleet has.
const FLEETS: [usize; 3] = [1, 100, 1000];

/// Everything is written below it, and removed at the very end: ext4 creates files many times slower for a while after
/// thousands were removed.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| TempDir::new().expect("the temporary folder is there").keep());

fn main() {
    divan::main();
    std::fs::remove_dir_all(&*FOLDER).expect("the temporary folder is ours");
}

fn new_folder() -> PathBuf {
    TempDir::new_in(&*FOLDER).expect("the temporary folder can be written").keep()
}

/// One file per cluster: the example with a name of its own wherever the example has its own. Clusters may share no
/// name, and no folder and Application of their delivery.
fn sources(clusters: usize) -> Vec<Source> {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/multi-rack.yaml");
    let text = std::fs::read_to_string(example).expect("the example is there");
    let source = |number: usize| {
        let text = text.replace("multi-rack", &format!("cluster-{number}"));
        let text = text.replacen("namespace: cass-operator", &format!("namespace: cass-{number}"), 1);
        Source { name: format!("clusters/{number}.yaml"), bytes: text.into_bytes(), origin: Origin::Found }
    };
    (0..clusters).map(source).collect()
}

fn compiled(clusters: usize) -> Compilation {
    let compilation = compile(sources(clusters), Options { dialect: None, warnings: Warnings::Show });
    assert_eq!(compilation.accepted.len(), clusters, "{:?}", compilation.complaints.first());
    compilation
}

/// What `cassc render -o` does with a fleet that was accepted: each cluster is resolved, rendered and written in turn.
fn write_all(root: &Path, compilation: &Compilation) {
    let names: Vec<&str> = compilation.accepted.iter().map(|it| it.topology.metadata.name.as_str()).collect();
    let locks = OutputLocks::read(root, &names, &[].into()).expect("a temporary folder can be read");
    compilation.accepted.par_iter().for_each(|parsed| {
        let (source, cluster) = (compilation.source(parsed), cassc::resolved(parsed, None));
        let Arranged { files: tree, templates, .. } = arrange(&cluster);
        let lock = Lock::new(Path::new(source), cluster.clone(), &tree, templates);
        let own = locks.own(&cluster.name);
        write(root, &cluster.name, &tree, (&lock, &own), Overwrite::KeepForeign)
            .expect("a temporary folder can be written");
    });
}

/// Reads the texts and runs every rule.
#[divan::bench(args = FLEETS)]
fn parse_and_check(bencher: Bencher, clusters: usize) {
    bencher.with_inputs(|| sources(clusters)).bench_values(|sources| {
        let settled = |parsed: &[Parsed], found| settle(parsed, found, Warnings::Show);
        black_box(check::check(parse::parse(sources), overrides::complaints, settled)).complaints.len()
    });
}

/// Fills every default, builds every object and writes it as text, in memory.
#[divan::bench(args = FLEETS)]
fn resolve_and_render(bencher: Bencher, clusters: usize) {
    let compilation = compiled(clusters);
    let render = |checked: &Checked| arrange(&cassc::resolve::resolve(checked, None)).files.len();
    bencher.bench(|| compilation.accepted.par_iter().map(render).sum::<usize>());
}

/// Writes all trees with their locks into a directory that was not there.
#[divan::bench(args = FLEETS, sample_count = 5)]
fn write_fresh(bencher: Bencher, clusters: usize) {
    let compilation = compiled(clusters);
    bencher.with_inputs(new_folder).bench_refs(|folder| write_all(folder, &compilation));
}

/// Renders again what stands there already.
#[divan::bench(args = FLEETS, sample_count = 10)]
fn write_unchanged(bencher: Bencher, clusters: usize) {
    let compilation = compiled(clusters);
    let folder = new_folder();
    write_all(&folder, &compilation);
    bencher.bench(|| write_all(&folder, &compilation));
}
