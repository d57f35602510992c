//! Where a value of `cassandra.config` is written: its level and its route. Called by the rules about the configuration.

use cassc_cassandra::config_keys::Step;
use serde_json::Value;

use crate::diagnostic::Route;
use crate::topology::Config;
use crate::topology::merge::Level;

/// The position of the innermost level that writes a value.
pub(super) fn depth(levels: &[(Level, &Config)], path: &[Step]) -> usize {
    levels.iter().position(|(_, config)| value_at(config, path).is_some()).unwrap_or_default()
}

/// The route of a value in the topology, at the innermost level that writes it.
pub(super) fn route(levels: &[(Level, &Config)], path: &[Step]) -> Route {
    let level = levels.get(depth(levels, path)).map_or(Level::Cluster, |(level, _)| *level);
    path.iter().fold(config_route(level), |route, step| match step {
        Step::Key(key) => route.key(key),
        Step::Index(index) => route.index(*index),
    })
}

/// The route of `cassandra.config` of a level.
pub(super) fn config_route(level: Level) -> Route {
    level.route().key("cassandra").key("config")
}

/// The keys on the way to a value, with dots.
pub(super) fn name(path: &[Step]) -> String {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

/// The value at a path of a configuration, where there is one.
pub(super) fn value_at<'v>(config: &'v Config, path: &[Step]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    let Step::Key(first) = first else { return None };
    rest.iter().try_fold(config.get(first)?, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(*index),
    })
}

/// The key at the top of `cassandra.yaml` that a path begins with.
pub(super) fn top_key(path: &[Step]) -> Option<&str> {
    match path.first()? {
        Step::Key(key) => Some(key),
        Step::Index(_) => None,
    }
}
