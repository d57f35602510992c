//! The findings of [`examine`] for every `cassandra.config` of a topology: for each level as written, and for every rack as
//! merged, each finding once and with its place. Called by the rules about keys of `cassandra.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use cassc_cassandra::config_keys::{Finding, KeyTable, Problem, examine, table};
use cassc_ring::release::{Minor, Release};
use serde_json::{Map, Value};

use super::config_places::{depth, name, route, top_key, value_at};
use super::owned_keys::is_owned;
use crate::diagnostic::Route;
use crate::subject::Subject;
use crate::topology::Config;
use crate::topology::merge::{Level, NestedRack, merge_value};

/// A finding at its place.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The key or value.
    pub(super) route: Route,
    /// Its name as written, with dots where it is nested.
    pub(super) name: String,
    /// The value.
    pub(super) value: Value,
    /// What is wrong with it.
    pub(super) problem: Problem,
    /// For a setting that is written twice: the place and the name of the other one.
    pub(super) other: Option<(Route, String)>,
}

/// The minor of the topology; `None` where the version is no version.
pub(super) fn minor(subject: &Subject<'_>) -> Option<Minor> {
    Some(subject.spec().cassandra.version.parse::<Release>().ok()?.minor)
}

/// All findings, without keys that cassc manages: E414 reports those.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Found> {
    let Some(minor) = minor(subject) else { return Vec::new() };
    let mut all = Vec::new();
    let mut fragments: BTreeMap<Level, BTreeSet<&str>> = BTreeMap::new();
    for (level, config) in subject.configs().into_iter().filter(|(_, config)| !config.is_empty()) {
        let (of_fragments, written): (Vec<Finding>, Vec<Finding>) =
            examine(minor, &object(config)).into_iter().partition(|finding| is_fragment(finding, config));
        all.extend(written.into_iter().map(|finding| located(&[(level, config)], finding)));
        let keys = of_fragments.iter().filter_map(|finding| config.get_key_value(top_key(&finding.path)?));
        fragments.entry(level).or_default().extend(keys.map(|(key, _)| key.as_str()));
    }
    let mut merging = Merging { table: table(minor), fragments, families: BTreeMap::new(), waiting: BTreeMap::new() };
    for place in merged_differently(subject) {
        let merged = merging.anew(place);
        all.extend(examine(minor, &merged).into_iter().map(|finding| located(&place.configs(), finding)));
    }
    let mut seen = BTreeSet::new();
    all.retain(|found| !is_owned_finding(found) && seen.insert((found.route.clone(), rank(&found.problem))));
    all
}

/// The racks whose merged configuration is not that of an earlier rack, and not empty.
fn merged_differently<'s, 't>(subject: &'s Subject<'t>) -> impl Iterator<Item = &'s NestedRack<'t>> {
    let mut seen: BTreeSet<(Option<usize>, Option<usize>)> = BTreeSet::new();
    subject.racks.iter().filter(move |place| {
        let datacenter = (!place.datacenter.cassandra.config.is_empty()).then_some(place.datacenter_index);
        let rack = (!place.rack.cassandra.config.is_empty()).then_some((place.datacenter_index, place.rack_index));
        let empty = datacenter.is_none() && rack.is_none() && place.spec.cassandra.config.is_empty();
        let datacenter = rack.map(|(datacenter, _)| datacenter).or(datacenter);
        !empty && seen.insert((datacenter, rack.map(|(_, rack)| rack)))
    })
}

/// What has to be judged again where levels are merged. Many racks may stand below one long configuration, so that only
/// what a rack writes itself is merged with what belongs to it, and what a datacenter merges once.
struct Merging<'t> {
    table: &'static KeyTable,
    /// The keys of each level whose values are parts of a map, which cannot be judged alone.
    fragments: BTreeMap<Level, BTreeSet<&'t str>>,
    /// The keys of each level by their family.
    families: BTreeMap<Level, BTreeMap<&'t str, Vec<&'t str>>>,
    /// The families that a cluster or a datacenter merges and no rack has shown yet as they are there.
    waiting: BTreeMap<Level, BTreeSet<&'t str>>,
}

impl<'t> Merging<'t> {
    /// The part of a rack's merged configuration that no level and no earlier rack has shown.
    fn anew(&mut self, place: &NestedRack<'t>) -> Map<String, Value> {
        let configs = place.configs();
        let [(_, rack), datacenter, cluster] = configs;
        let around = if datacenter.1.is_empty() { cluster.0 } else { datacenter.0 };
        let mut families: BTreeSet<&str> = rack.keys().map(|key| family(self.table, key)).collect();
        let mut waiting = self.waiting.remove(&around).unwrap_or_else(|| self.merged_at(datacenter, cluster.0));
        let (later, now) = waiting.into_iter().partition(|family| families.contains(family));
        (families, waiting) = (families.union(&now).copied().collect(), later);
        self.waiting.insert(around, waiting);
        let mut merged = Map::new();
        for (level, config) in configs.into_iter().rev() {
            for key in self.keys_of(level, config, &families) {
                merge_value(merged.entry(key).or_insert(Value::Null), &config[key]);
            }
        }
        merged
    }

    /// The families that are judged where nothing further in is written: all that a datacenter writes, and parts of maps.
    fn merged_at(&self, (_, datacenter): (Level, &'t Config), cluster: Level) -> BTreeSet<&'t str> {
        let fragments = self.fragments.get(&cluster).into_iter().flatten().copied();
        datacenter.keys().map(String::as_str).chain(fragments).map(|key| family(self.table, key)).collect()
    }

    fn keys_of(&mut self, level: Level, config: &'t Config, families: &BTreeSet<&'t str>) -> Vec<&'t str> {
        let table = self.table;
        let by_family = self.families.entry(level).or_insert_with(|| {
            let mut by_family: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            config.keys().for_each(|key| by_family.entry(family(table, key)).or_default().push(key));
            by_family
        });
        families.iter().filter_map(|family| by_family.get(family)).flatten().copied().collect()
    }
}

/// What keys at the top of cassandra.yaml have in common when they may be about the same setting: the top of the newest
/// name.
fn family<'t>(table: &'static KeyTable, key: &'t str) -> &'t str {
    let newest = table.get(key).and_then(|known| known.replaced_by).map_or(key, |replacement| replacement.name);
    newest.split('.').next().unwrap_or_default()
}

fn object(config: &Config) -> Map<String, Value> {
    config.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A level may write only a part of a map, and other levels the rest: only the merged map is checked.
fn is_fragment(finding: &Finding, config: &Config) -> bool {
    matches!(finding.problem, Problem::WrongValue { .. })
        && value_at(config, &finding.path).is_some_and(Value::is_object)
}

fn located(levels: &[(Level, &Config)], finding: Finding) -> Found {
    let Finding { path, problem } = finding;
    let (rank, mut path) = (depth(levels, &path), path);
    let mut other = None;
    if let Problem::Twice { other: first } = &problem {
        let mut first = first.clone();
        if depth(levels, &first) < rank {
            std::mem::swap(&mut first, &mut path);
        }
        other = Some((route(levels, &first), name(&first)));
    }
    let config = levels.get(depth(levels, &path)).map(|(_, config)| *config);
    let value = config.and_then(|config| value_at(config, &path)).cloned().unwrap_or_default();
    Found { route: route(levels, &path), name: name(&path), value, problem, other }
}

fn is_owned_finding(found: &Found) -> bool {
    let top = found.name.split('.').next().unwrap_or_default();
    is_owned(top) || is_owned(&found.name)
}

/// Problems with the same rank at one place are reported once.
fn rank(problem: &Problem) -> u8 {
    match problem {
        Problem::Unknown { .. } => 0,
        Problem::OtherName(_) => 1,
        Problem::NotYet { .. } => 2,
        Problem::Gone(_) => 3,
        Problem::Flat => 4,
        Problem::WrongValue { .. } => 5,
        Problem::Twice { .. } => 6,
        Problem::OldName(_) => 7,
        Problem::Deprecated => 8,
    }
}

/// A value as it would be written in YAML on one line.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text needs no quotes: letters, digits and a few signs, and not read as something else.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let word = text.to_lowercase();
    let other = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&word.as_str());
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(plain)
        && !other
        && text.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cassc_cassandra::config_keys::examine;
    use proptest::prelude::*;

    use super::{Found, findings, is_fragment, is_owned_finding, located, minor, object, rank};
    use crate::check::check;
    use crate::parse::parse;
    use crate::parse::source::{Origin, Source};
    use crate::resolve::resolve;
    use crate::subject::Subject;

    /// What is found when every rack is merged and examined whole.
    fn findings_of_whole_racks(subject: &Subject<'_>) -> BTreeSet<String> {
        let Some(minor) = minor(subject) else { return BTreeSet::new() };
        let mut all = Vec::new();
        for (level, config) in subject.configs() {
            let written = examine(minor, &object(config)).into_iter().filter(|finding| !is_fragment(finding, config));
            all.extend(written.map(|finding| located(&[(level, config)], finding)));
        }
        for place in &subject.racks {
            let merged = place.config().into_iter().map(|(key, merged)| (key.to_owned(), merged.value)).collect();
            all.extend(examine(minor, &merged).into_iter().map(|finding| located(&place.configs(), finding)));
        }
        named(all.into_iter().filter(|found| !is_owned_finding(found)))
    }

    fn named(found: impl IntoIterator<Item = Found>) -> BTreeSet<String> {
        found.into_iter().map(|found| format!("{} {}", found.route, rank(&found.problem))).collect()
    }

    const AMOUNTS: [&str; 20] = [
        "-1",
        "0",
        "1",
        "8Gi",
        "8G",
        "8Gi",
        "16Gi",
        "4",
        "-1Gi",
        "0.5",
        "500m",
        "9999999Ei",
        "8Ei",
        "1e400",
        "1n",
        "1e3",
        "9223372036854775807",
        "99999999999999999999",
        "x",
        "\"\"",
    ];
    const HEAPS: [&str; 9] = ["auto", "1Gi", "4G", "32G", "0", "99999999T", "-1", "8EB", "\"\""];
    const TEXTS: [&str; 10] =
        ["\"\"", "x", "-Xss512k", "-Xmx1G", "\"-a -b\"", "\"a b\"", "é", "\"@\"", "\":\"", "org.apache.cassandra"];
    const KEYS: [&str; 19] = [
        "num_tokens",
        "initial_token",
        "commitlog_sync",
        "commitlog_sync_period",
        "data_file_directories",
        "hints_directory",
        "read_request_timeout_in_ms",
        "read_request_timeout",
        "client_encryption_options",
        "client_encryption_options.enabled",
        "allocate_tokens_for_local_replication_factor",
        "concurrent_validations",
        "concurrent_compactors",
        "tables_warn_threshold",
        "tables_fail_threshold",
        "auto_snapshot_ttl",
        "partitioner",
        "memtable",
        "\"\"",
    ];
    const VALUES: [&str; 24] = [
        "-1",
        "0",
        "1",
        "16",
        "99999999999999999999",
        "1e400",
        "-9223372036854775808",
        "null",
        "[]",
        "[[]]",
        "{}",
        "{a: 1}",
        "{enabled: true}",
        "\"\"",
        "x",
        "\"1,2\"",
        "/var/lib/cassandra",
        "/",
        "\"..\"",
        "true",
        "5s",
        "[/, /, x]",
        "[{class_name: x}]",
        "batch",
    ];
    const VERSIONS: [&str; 6] = ["3.11.17", "4.0.19", "4.1.9", "5.0.6", "5.0", "x"];
    const MORE: [&str; 4] = [
        "",
        "",
        "- {name: b, nodes: 4294967295, racks: [{name: a}]}\n    - {name: c, racks: []}",
        "- {name: \"\", racks: [{name: \"\", nodes: 4294967295}, {name: a, nodes: 4294967295}]}",
    ];

    /// Often what is sound, so that some topologies pass, and sometimes anything.
    fn mostly(sound: &'static str, anything: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
        prop_oneof![8 => Just(sound), 1 => prop::sample::select(anything)]
    }

    fn config() -> impl Strategy<Value = String> {
        prop::collection::btree_map(prop::sample::select(&KEYS[..]), prop::sample::select(&VALUES[..]), 0..3).prop_map(
            |config| {
                let entries: Vec<String> = config.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
                format!("{{{}}}", entries.join(", "))
            },
        )
    }

    proptest! {
        #[test]
        fn no_topology_makes_a_rule_stumble_and_what_passes_can_be_resolved(
            configs in prop::collection::vec(config(), 3),
            amounts in prop::collection::vec(mostly("8Gi", &AMOUNTS), 3),
            (cpu, heap, option, name) in
                (mostly("2", &AMOUNTS), mostly("auto", &HEAPS), mostly("-Xss512k", &TEXTS), mostly("x", &TEXTS)),
            (version, more) in (mostly("4.1.9", &VERSIONS), mostly("", &MORE)),
        ) {
            let [cluster, datacenter, rack] = &configs[..] else { unreachable!("three were asked for") };
            let [memory, limit, size] = amounts[..] else { unreachable!("three were asked for") };
            let text = format!(
                "apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {{name: shop}}
spec:
  cassandra:
    version: {version}
    config: {cluster}
    jvm: {{heap: {heap}, options: [{option}]}}
    logging: {{{name}: INFO}}
    environment: {{{name}: {option}}}
  resources: {{requests: {{memory: {memory}, cpu: {cpu}}}, limits: {{memory: {limit}}}}}
  storage: {{size: {size}, additionalVolumes: [{{name: x, mountPath: /x, claim: {{size: {size}}}}}]}}
  datacenters:
    - name: a
      nodes: 3
      cassandra: {{config: {datacenter}}}
      racks: [{{name: a}}, {{name: b, cassandra: {{config: {rack}}}}}]
    {more}
");
            let source = Source { name: "test.yaml".to_owned(), bytes: text.into_bytes(), origin: Origin::Named };
            let reading = parse(vec![source]);
            for parsed in &reading.parsed {
                let subject = Subject::new(parsed);
                prop_assert_eq!(named(findings(&subject)), findings_of_whole_racks(&subject));
            }
            let checkup = check(reading, |_| Vec::new(), |_, found| found);
            checkup.accepted.iter().for_each(|checked| drop(resolve(checked, None)));
        }
    }
}
