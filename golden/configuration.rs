//! Configurations are read by the Cassandra that they are for: what cassc accepts Cassandra must accept, and what
//! Cassandra refuses cassc must refuse. Needs Java 17 and the jars that `tests/cassandra/jars.sh` brings; skipped
//! without. `CASSC_CONFIGURATIONS=3000 cargo test configuration` tries as many random configurations of each minor.

mod cassandra;
mod differences;
mod java;
mod pod;
mod shipped;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cassc::cluster::Cluster;
use cassc::diagnostic::Severity;
use cassc::render::config;
use cassc_cassandra::image::published_patches;
use cassc_ring::release::{MINORS, Minor};
use rayon::prelude::*;
use serde_json::{Map, Value};
use tempfile::TempDir;

use self::cassandra::{HEAP, PER_JVM, Refusal, are_here, read};
use self::differences::{STRICTER, UNSEEN, Unseen, unexplained};
use crate::rendered::{assert_none, compiled, topologies};

/// How many random configurations of each minor are tried, unless the environment says otherwise.
const CONFIGURATIONS: usize = 120;

/// The newest release of each minor with an image.
fn release(minor: Minor) -> String {
    let patch = published_patches(minor).iter().max().expect("every minor has a published patch");
    format!("{minor}.{patch}")
}

/// A configuration and what both say about it.
#[derive(Debug)]
struct Judged {
    minor: Minor,
    config: Map<String, Value>,
    authenticator: &'static str,
    /// The codes of cassc's errors.
    codes: BTreeSet<&'static str>,
    /// The codes of its warnings.
    warnings: BTreeSet<&'static str>,
    /// Cassandra's words.
    refusal: Refusal,
}

/// Keys of cassandra.yaml, and the `auth.authenticator` beside them.
type Trial = (Map<String, Value>, &'static str);

/// Three racks of one node.
fn topology(minor: Minor, (config, authenticator): &Trial) -> String {
    format!(
        "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: shop, namespace: cass}}\nspec:\n  \
         auth: {{authenticator: {authenticator}}}\n  storage: {{size: 100Gi}}\n  resources: {{requests: {{cpu: \"2\", memory: 8Gi}}, limits: {{memory: 8Gi}}}}\n  \
         datacenters: [{{name: dc1, nodes: 3, racks: [{{name: r1}}, {{name: r2}}, {{name: r3}}]}}]\n  cassandra:\n    \
         version: {}\n    jvm: {{heap: {HEAP}}}\n    config: {}\n",
        release(minor),
        Value::from(config.clone())
    )
}

fn temporary_folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// The cluster of a text.
fn resolved(text: &str) -> Cluster {
    let compilation = compiled("shop.yaml", text.into(), None);
    let cluster = compilation.clusters().next();
    cluster.unwrap_or_else(|| panic!("{:?}\n{text}", compilation.complaints)).1
}

/// The cluster of [`topology`], whatever cassc thinks of the configuration.
fn configured(minor: Minor, (config, authenticator): &Trial) -> Cluster {
    let mut cluster = resolved(&topology(minor, &(Map::new(), authenticator)));
    let racks = cluster.datacenters.iter_mut().flat_map(|datacenter| &mut datacenter.racks);
    racks.for_each(|rack| rack.config = config.clone().into_iter().collect());
    cluster
}

/// Folders of filled-in files, one per datacenter and distinct settings of a cluster; of the files, those that are wanted.
fn folders(cluster: &Cluster, root: &TempDir, is_wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut seen: BTreeSet<(String, BTreeMap<String, String>)> = BTreeSet::new();
    let mut folders = Vec::new();
    for datacenter in &cluster.datacenters {
        for rack in &datacenter.racks {
            let mut files = config::files(cluster, datacenter, config::Settings::of(datacenter, rack));
            files.retain(|name, _| is_wanted(name));
            if seen.insert((datacenter.ring_name.clone(), files.clone())) {
                let folder = root.path().join(format!("{}-{}", datacenter.name, rack.name));
                folders.push(pod::configured(&folder, (&datacenter.ring_name, &rack.ring_name), &files));
            }
        }
    }
    folders
}

/// Both verdicts on configurations of a minor.
fn judged(minor: Minor, trials: &[Trial]) -> Vec<Judged> {
    trials.par_chunks(PER_JVM).flat_map(|chunk| judged_together(minor, chunk)).collect()
}

fn judged_together(minor: Minor, trials: &[Trial]) -> Vec<Judged> {
    let roots: Vec<TempDir> = trials.iter().map(|_| temporary_folder()).collect();
    let folder = |(trial, root): (&Trial, &TempDir)| folders(&configured(minor, trial), root, pod::is_needed).remove(0);
    let folders: Vec<PathBuf> = trials.iter().zip(&roots).map(folder).collect();
    let refusals = read(minor, &folders);
    trials.iter().zip(refusals).map(|(trial, refusal)| Judged { refusal, ..told(minor, trial) }).collect()
}

/// What cassc alone says.
fn told(minor: Minor, trial: &Trial) -> Judged {
    let compilation = compiled("shop.yaml", topology(minor, trial).into_bytes(), None);
    let of = |severity: Severity| {
        let complaints = compilation.complaints.iter().filter(|complaint| complaint.severity == severity);
        complaints.map(|complaint| complaint.code).collect()
    };
    let (codes, warnings) = (of(Severity::Error), of(Severity::Warning));
    Judged { minor, config: trial.0.clone(), authenticator: trial.1, codes, warnings, refusal: None }
}

fn count() -> usize {
    let wanted = std::env::var("CASSC_CONFIGURATIONS").ok().and_then(|count| count.parse().ok());
    wanted.unwrap_or(CONFIGURATIONS)
}

/// What is wrong with the two verdicts together.
fn fault(judged: &Judged) -> Option<String> {
    let config = || Value::from(judged.config.clone());
    match &judged.refusal {
        Some(words) if judged.codes.is_empty() => {
            let warned = |entry: &Unseen| entry.warning.is_none_or(|code| judged.warnings.contains(code));
            let unseen = UNSEEN.iter().any(|entry| words.contains(entry.words) && warned(entry));
            (!unseen).then(|| {
                format!(
                    "{} refuses what cassc accepts with {}: {}\n    {words}",
                    judged.minor,
                    judged.authenticator,
                    config()
                )
            })
        }
        None => unexplained(judged)
            .map(|code| format!("{} takes what cassc refuses with {code}: {}", judged.minor, config())),
        Some(_) => None,
    }
}

/// The share of the configurations that fulfil a condition, in percent.
fn percent(all: &[Judged], condition: impl Fn(&Judged) -> bool) -> usize {
    all.iter().filter(|judged| condition(judged)).count() * 100 / all.len()
}

#[test]
fn what_is_accepted_is_read_and_what_is_not_read_is_refused() {
    if !are_here() {
        return;
    }
    let trials = |minor: Minor| {
        let authenticators = ["Password", "AllowAll"].into_iter().cycle();
        values::configurations(minor, count()).into_iter().zip(authenticators).collect::<Vec<Trial>>()
    };
    let all: Vec<Judged> = MINORS.into_par_iter().flat_map(|minor| judged(minor, &trials(minor))).collect();
    assert_none(&all.iter().filter_map(fault).collect::<Vec<_>>());
    let accepted = percent(&all, |judged| judged.codes.is_empty() && judged.refusal.is_none());
    let refused = percent(&all, |judged| !judged.codes.is_empty() && judged.refusal.is_some());
    assert!(accepted > 25 && refused > 25, "{accepted} % are accepted by both, {refused} % refused");
}

/// The configuration of an example.
fn example(config: &str) -> Map<String, Value> {
    serde_json::from_str(config).expect("an example is a map")
}

#[test]
fn every_listed_difference_is_still_one() {
    if !are_here() {
        return;
    }
    let stricter = STRICTER.iter().map(|entry| entry.example);
    let examples: Vec<(Minor, &str)> = stricter.chain(UNSEEN.iter().map(|entry| entry.example)).collect();
    let of_minor = |minor: Minor| {
        let of_minor = examples.iter().filter(|(of, _)| *of == minor).map(|(_, config)| (example(config), "Password"));
        judged_together(minor, &of_minor.collect::<Vec<_>>())
    };
    let all: Vec<Judged> = MINORS.into_par_iter().flat_map_iter(of_minor).collect();
    let judged = |(minor, config): (Minor, &str)| {
        let config = example(config);
        all.iter().find(|judged| judged.minor == minor && judged.config == config).expect("every example was judged")
    };
    let no_more = |because: &str, judged: &Judged| format!("not so any more: {because}: {judged:?}");
    let stricter = STRICTER.iter().filter_map(|entry| {
        let judged = judged(entry.example);
        let is_one = judged.codes.contains(entry.code) && (entry.has_it)(judged.minor, &judged.config);
        (!is_one || judged.refusal.is_some()).then(|| no_more(entry.because, judged))
    });
    let unseen = UNSEEN.iter().filter_map(|entry| {
        let judged = judged(entry.example);
        let is_one = judged.codes.is_empty() && judged.refusal.as_ref().is_some_and(|it| it.contains(entry.words));
        (!is_one).then(|| no_more(entry.because, judged))
    });
    assert_none(&stricter.chain(unseen).collect::<Vec<_>>());
}

/// Every topology of the repository, for its own minor and for every other that cassc lets it have.
fn clusters() -> Vec<(String, Cluster)> {
    let retargeted = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a topology can be read");
        let own = resolved(&text).version.to_string();
        MINORS.into_iter().filter_map(move |minor| {
            let to = if own.starts_with(&format!("{minor}.")) { own.clone() } else { release(minor) };
            let compilation = compiled("shop.yaml", text.replace(&own, &to).into_bytes(), None);
            assert!(to != own || !compilation.accepted.is_empty(), "{}", path.display());
            let (_, cluster) = compilation.clusters().next()?;
            Some((format!("{} for {to}", path.display()), cluster))
        })
    };
    topologies().into_iter().flat_map(retargeted).collect()
}

#[test]
fn the_files_of_every_example_are_read() {
    if !are_here() {
        return;
    }
    let clusters = clusters();
    let faults = MINORS.into_par_iter().flat_map_iter(|minor| {
        let of_minor: Vec<_> = clusters.iter().filter(|(_, cluster)| cluster.version.minor == minor).collect();
        assert!(!of_minor.is_empty(), "no example is for {minor}");
        let roots = of_minor.iter().map(|(title, cluster)| (title, cluster, temporary_folder()));
        let roots: Vec<_> =
            roots.map(|(title, cluster, root)| (title, folders(cluster, &root, |_| true), root)).collect();
        let named = roots.iter().flat_map(|(title, folders, _)| folders.iter().map(move |folder| (title, folder)));
        let (titles, folders): (Vec<_>, Vec<_>) = named.map(|(title, folder)| (title.as_str(), folder.clone())).unzip();
        let verdicts = titles.into_iter().zip(read(minor, &folders));
        verdicts.filter_map(|(title, refusal)| Some(format!("{title}: {}", refusal?))).collect::<Vec<_>>()
    });
    assert_none(&faults.collect::<Vec<_>>());
}
