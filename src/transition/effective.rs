//! The `cassandra.yaml` that a rack runs with: the minor's template, what follows from the topology, and what
//! the user wrote. Called by the rules that compare two of them, and
//! by `adopt`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cluster::{Cluster, Datacenter, Rack};
use crate::render::config::cassandra_keys;

/// The keys of a `cassandra.yaml`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effective(BTreeMap<String, Value>);

impl Effective {
    /// What a rack runs with.
    pub(crate) fn of(cluster: &Cluster, datacenter: &Datacenter, rack: &Rack) -> Self {
        Self(cassandra_keys(cluster, datacenter, &rack.config))
    }

    /// A key, with dots where it is nested; a nested key may also be written flat. Null is nothing.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let nested = || {
            let (top, rest) = name.split_once('.')?;
            rest.split('.').try_fold(self.0.get(top)?, |value, key| value.get(key))
        };
        self.0.get(name).or_else(nested).filter(|value| !value.is_null())
    }

    /// A key as one line of text, independent of its type: `16` and `"16"` are the same to Cassandra.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// The texts of a key that holds a list, or one of them.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => self.text(name).into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::fixtures::shop;

    fn with(config: Value) -> Effective {
        let mut cluster = shop();
        cluster.datacenters[0].racks[0].config = serde_json::from_value(config).expect("a map");
        let datacenter = &cluster.datacenters[0];
        Effective::of(&cluster, datacenter, &datacenter.racks[0])
    }

    #[test]
    fn what_nobody_wrote_comes_from_the_template() {
        let effective = with(json!({}));
        assert_eq!(effective.text("num_tokens").as_deref(), Some("16"));
        assert_eq!(effective.list("data_file_directories"), ["/var/lib/cassandra/data"]);
    }

    #[test]
    fn nested_and_flat_names_are_the_same_and_so_are_numbers_in_quotes() {
        let nested = with(json!({"num_tokens": "8", "server_encryption_options": {"optional": true}}));
        let flat = with(json!({"num_tokens": 8, "server_encryption_options.optional": "true"}));
        for effective in [nested, flat] {
            assert_eq!(effective.text("num_tokens").as_deref(), Some("8"));
            assert!(effective.is_on("server_encryption_options.optional"));
            assert!(!effective.is_on("client_encryption_options.optional"));
        }
    }
}
