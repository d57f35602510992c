//! What the operators write into Cassandra's configuration where their resource is silent, as far as it differs from what
//! cassc renders. A node with data must keep some of it (`num_tokens`, the formats of 5.0), and clients may rely on the rest.
//!
//! The comparison was made key by key with the templates of cassc and the defaults of the code
//! (`crates/cassandra/src/config_keys`). What is in no table is the same in both.

mod bitnami;
mod cass_config_builder;
mod casskop;
mod k8ssandra_client;

use cassc_ring::release::Minor;
use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::path::Path;

/// What a builder writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The key of cassandra.yaml.
    pub(crate) key: &'static str,
    /// Its value, as JSON.
    pub(crate) value: &'static str,
    /// A few words on what the value is, for the comment beside it.
    pub(crate) about: &'static str,
}

/// The program that makes the configuration in a pod, chosen by version
/// (k8ssandra/cass-operator d5697290, `apis/cassandra/v1beta1/cassandradatacenter_types.go` `UseClientImage`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builder {
    /// `cass-config-builder`: 3.11 and 4.0.
    CassConfig,
    /// `k8ssandra-client`: 4.1 and later, and wherever an annotation asks for it.
    K8ssandraClient,
    /// CassKop 1, whose bootstrap image brings the files along.
    FirstCassKop,
    /// CassKop 2, which lets `cass-config-builder` make the files of all versions.
    CassKop,
    /// The image of Bitnami, which changes the files of the distribution.
    Bitnami,
    /// Nothing but what is written.
    Silent,
}

impl Builder {
    /// The builder of a version, without the annotation.
    pub(crate) fn of(minor: Minor) -> Self {
        if minor >= Minor::V4_1 { Self::K8ssandraClient } else { Self::CassConfig }
    }

    /// Its name in comments.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CassConfig => "cass-config-builder",
            Self::K8ssandraClient => "k8ssandra-client",
            Self::FirstCassKop | Self::CassKop => "CassKop",
            Self::Bitnami => "the image of Bitnami",
            Self::Silent => "nobody",
        }
    }

    fn rows(self, minor: Minor) -> &'static [Row] {
        match (self, minor) {
            (Self::CassConfig, Minor::V3_11) => cass_config_builder::V3_11,
            (Self::CassConfig, _) => cass_config_builder::V4_0,
            (Self::K8ssandraClient, Minor::V5_0) => k8ssandra_client::V5_0,
            (Self::K8ssandraClient, Minor::V4_1) => k8ssandra_client::V4_1,
            // The base is the image's own cassandra.yaml, with its num_tokens.
            (Self::K8ssandraClient, Minor::V3_11) => k8ssandra_client::V3_11,
            (Self::K8ssandraClient, Minor::V4_0) => k8ssandra_client::V4_0,
            (Self::FirstCassKop, Minor::V3_11) => casskop::FIRST_V3_11,
            (Self::CassKop, Minor::V3_11) => casskop::V3_11,
            (Self::CassKop, Minor::V4_0) => casskop::V4_0,
            (Self::CassKop, Minor::V4_1 | Minor::V5_0) => casskop::V4_1,
            (Self::Bitnami, Minor::V3_11) => bitnami::V3_11,
            (Self::Bitnami, Minor::V5_0) => bitnami::V5_0,
            (Self::FirstCassKop | Self::Bitnami | Self::Silent, _) => &[],
        }
    }

    /// Whether it reads `jvm-options` as `jvm-server-options` from 4.0 on (CassKop's `mergeConfig`).
    pub(crate) fn moves_options(self) -> bool {
        self == Self::CassKop
    }

    /// The collector that it leaves in the option files, where it is another than cassc's.
    pub(crate) fn collector(self, minor: Minor) -> Option<(&'static str, &'static str)> {
        match (self, minor) {
            (Self::CassConfig, _) | (Self::CassKop, Minor::V3_11 | Minor::V4_0) => cass_config_builder::COLLECTOR,
            (Self::K8ssandraClient, Minor::V4_1) => k8ssandra_client::COLLECTOR_4_1,
            (Self::FirstCassKop, Minor::V3_11) => casskop::FIRST_COLLECTOR,
            (Self::Bitnami, Minor::V4_1) => bitnami::COLLECTOR_4_1,
            _ => None,
        }
    }

    /// Writes every value that the resource does not set. `set` are the keys that it sets, as they are called in this
    /// version.
    pub(crate) fn fill(self, draft: &mut Draft, minor: Minor, set: &Map<String, Value>, config: &Path) {
        for row in self.rows(minor) {
            if !set.contains_key(row.key) && draft.get(&config.key(row.key)).is_none() {
                let value: Value = serde_json::from_str(row.value).expect("the tables are tested to be JSON");
                let why = format!("the default of {}: {}", self.name(), row.about);
                draft.fill(&config.key(row.key), value, &why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cassc_cassandra::config_keys::examine;
    use cassc_ring::release::MINORS;

    use super::*;

    const BUILDERS: [Builder; 5] =
        [Builder::CassConfig, Builder::K8ssandraClient, Builder::FirstCassKop, Builder::CassKop, Builder::Bitnami];

    #[test]
    fn every_row_is_a_key_of_its_version_with_a_right_value() {
        for minor in MINORS {
            for builder in BUILDERS {
                let value = |row: &Row| serde_json::from_str(row.value).expect("JSON");
                let config: Map<String, Value> =
                    builder.rows(minor).iter().map(|row| (row.key.to_owned(), value(row))).collect();
                let is_right_builder = builder != Builder::CassConfig || minor < Minor::V4_1;
                assert!(!is_right_builder || examine(minor, &config).is_empty(), "{builder:?} {minor}: {config:?}");
                assert_eq!(config.len(), builder.rows(minor).len(), "no key twice");
            }
        }
    }
}
