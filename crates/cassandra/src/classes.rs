//! The classes that Cassandra itself has for settings that name one, by minor. Listed from the jars of 3.11.19, 4.0.19,
//! 4.1.10 and 5.0.9: every class that implements the interface of the setting. Called by the rule about class names.

use cassc_ring::release::Minor::{self, V3_11, V4_0, V4_1, V5_0};

/// The classes of one or several keys.
#[derive(Clone, Copy, Debug)]
pub struct ClassKey {
    /// The keys, by their full names.
    pub keys: &'static [&'static str],
    /// The package of the classes, below `org.apache.cassandra`.
    package: &'static str,
    /// Whether the name may stand without its package.
    pub may_be_short: bool,
    /// The classes, each with the minors that have it.
    classes: &'static [(&'static str, Minor, Minor)],
}

/// Every key whose value is a class. Those that are not the user's to set, and the partitioner, have rules of their own.
const CLASS_KEYS: &[ClassKey] = &[
    ClassKey {
        keys: &["commitlog_compression", "hints_compression"],
        package: "io.compress",
        may_be_short: true,
        classes: &[
            ("DeflateCompressor", V3_11, V5_0),
            ("LZ4Compressor", V3_11, V5_0),
            ("NoopCompressor", V4_0, V5_0),
            ("SnappyCompressor", V3_11, V5_0),
            ("ZstdCompressor", V4_0, V5_0),
        ],
    },
    ClassKey {
        keys: &["internode_authenticator"],
        package: "auth",
        may_be_short: true,
        classes: &[("AllowAllInternodeAuthenticator", V3_11, V5_0), ("MutualTlsInternodeAuthenticator", V5_0, V5_0)],
    },
    ClassKey {
        keys: &["network_authorizer"],
        package: "auth",
        may_be_short: true,
        classes: &[("AllowAllNetworkAuthorizer", V4_0, V5_0), ("CassandraNetworkAuthorizer", V4_0, V5_0)],
    },
    ClassKey {
        keys: &["cidr_authorizer"],
        package: "auth",
        may_be_short: true,
        classes: &[("AllowAllCIDRAuthorizer", V5_0, V5_0), ("CassandraCIDRAuthorizer", V5_0, V5_0)],
    },
    ClassKey {
        keys: &["audit_logging_options.logger"],
        package: "audit",
        may_be_short: true,
        classes: &[
            ("BinAuditLogger", V4_0, V5_0),
            ("DiagnosticEventAuditLogger", V4_0, V5_0),
            ("FileAuditLogger", V4_0, V5_0),
            ("NoOpAuditLogger", V4_0, V5_0),
        ],
    },
    ClassKey {
        keys: &["row_cache_class_name"],
        package: "cache",
        may_be_short: false,
        classes: &[
            ("NopCacheProvider", V3_11, V5_0),
            ("OHCProvider", V3_11, V5_0),
            ("SerializingCacheProvider", V3_11, V5_0),
        ],
    },
    ClassKey {
        keys: &["request_scheduler"],
        package: "scheduler",
        may_be_short: false,
        classes: &[("NoScheduler", V3_11, V3_11), ("RoundRobinScheduler", V3_11, V3_11)],
    },
    ClassKey {
        keys: &["back_pressure_strategy"],
        package: "net",
        may_be_short: true,
        classes: &[("RateBasedBackPressure", V3_11, V3_11)],
    },
    ClassKey {
        keys: &["client_encryption_options.ssl_context_factory", "server_encryption_options.ssl_context_factory"],
        package: "security",
        may_be_short: true,
        classes: &[
            ("DefaultSslContextFactory", V4_1, V5_0),
            ("DisableSslContextFactory", V4_1, V5_0),
            ("PEMBasedSslContextFactory", V4_1, V5_0),
        ],
    },
    ClassKey {
        keys: &["transparent_data_encryption_options.key_provider"],
        package: "security",
        may_be_short: false,
        classes: &[("JKSKeyProvider", V3_11, V5_0)],
    },
    ClassKey {
        keys: &["crypto_provider"],
        package: "security",
        may_be_short: true,
        classes: &[("DefaultCryptoProvider", V5_0, V5_0), ("JREProvider", V5_0, V5_0)],
    },
    ClassKey {
        keys: &["memtable.configurations"],
        package: "db.memtable",
        may_be_short: true,
        classes: &[
            ("ShardedSkipListMemtable", V4_1, V5_0),
            ("SkipListMemtable", V4_1, V5_0),
            ("TrieMemtable", V5_0, V5_0),
        ],
    },
    ClassKey {
        keys: &["default_compaction"],
        package: "db.compaction",
        may_be_short: true,
        classes: &[
            ("LeveledCompactionStrategy", V5_0, V5_0),
            ("SizeTieredCompactionStrategy", V5_0, V5_0),
            ("TimeWindowCompactionStrategy", V5_0, V5_0),
            ("UnifiedCompactionStrategy", V5_0, V5_0),
        ],
    },
];

impl ClassKey {
    /// The entry of a key; `None` for keys that name no class, and for minors that do not read it.
    pub fn of(minor: Minor, key: &str) -> Option<&'static Self> {
        let entry = CLASS_KEYS.iter().find(|entry| entry.keys.contains(&key))?;
        (entry.names(minor).next().is_some()).then_some(entry)
    }

    /// Whether a minor has a class of this name.
    pub fn has(&self, minor: Minor, class: &str) -> bool {
        self.names(minor).any(|name| class == self.full(name) || (self.may_be_short && class == name))
    }

    /// The classes as they are to be written.
    pub fn written(&self, minor: Minor) -> Vec<String> {
        self.names(minor).map(|name| if self.may_be_short { name.to_owned() } else { self.full(name) }).collect()
    }

    fn names(&self, minor: Minor) -> impl Iterator<Item = &'static str> {
        self.classes.iter().filter(move |(_, since, until)| (*since..=*until).contains(&minor)).map(|(name, ..)| *name)
    }

    fn full(&self, name: &str) -> String {
        format!("org.apache.cassandra.{}.{name}", self.package)
    }
}

/// Every key that names a class, in some minor.
pub fn class_keys() -> impl Iterator<Item = &'static str> {
    CLASS_KEYS.iter().flat_map(|entry| entry.keys.iter().copied())
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;

    use super::*;
    use crate::config_keys::table;

    #[test]
    fn every_key_is_one_of_every_minor_that_has_a_class_for_it() {
        for key in class_keys() {
            let minors = MINORS.into_iter().filter(|minor| ClassKey::of(*minor, key).is_some());
            assert!(minors.map(|minor| assert!(table(minor).get(key).is_some(), "{minor} {key}")).count() > 0, "{key}");
        }
    }

    #[test]
    fn a_class_may_be_written_with_its_package() {
        let compression = ClassKey::of(V4_1, "commitlog_compression").expect("it names a class");
        assert!(
            compression.has(V4_1, "LZ4Compressor")
                && compression.has(V4_1, "org.apache.cassandra.io.compress.LZ4Compressor")
        );
        assert!(!compression.has(V3_11, "ZstdCompressor") && !compression.has(V4_1, "lz4compressor"));
        let cache = ClassKey::of(V4_1, "row_cache_class_name").expect("it names a class");
        assert!(!cache.has(V4_1, "OHCProvider") && cache.has(V4_1, "org.apache.cassandra.cache.OHCProvider"));
    }
}
