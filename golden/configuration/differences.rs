//! Where cassc and Cassandra disagree about a configuration, each with an explanation and an example that shows it. Whatever
//! is not listed here is a fault of cassc, and so is an entry whose example no longer disagrees.

use cassc_cassandra::config_keys::{Kind, table};
use cassc_ring::release::Minor::{self, V3_11, V4_0, V4_1, V5_0};
use serde_json::{Map, Value};

use super::Judged;

/// Something that cassc refuses and Cassandra, up to the point where a test can watch it, does not.
pub(super) struct Stricter {
    /// The code of cassc's complaint.
    pub(super) code: &'static str,
    /// Why it is right.
    pub(super) because: &'static str,
    /// An example, with its minor.
    pub(super) example: (Minor, &'static str),
    /// Whether a configuration has this.
    pub(super) has_it: fn(Minor, &Map<String, Value>) -> bool,
}

/// Everything in which cassc is stricter.
pub(super) const STRICTER: &[Stricter] = &[
    Stricter {
        code: "E414",
        because: "addresses, ports, seeds, names and authentication follow from the topology",
        example: (V4_1, r#"{"storage_port": 7010}"#),
        has_it: |_, config| OWNED.iter().any(|key| has_top(config, key)),
    },
    Stricter {
        code: "E414",
        because: "a directory outside the volumes is lost with the pod",
        example: (V5_0, r#"{"saved_caches_directory": "caches"}"#),
        has_it: |_, config| config.keys().any(|key| key.contains("_director")),
    },
    Stricter {
        code: "E411",
        because: "the loader makes something of a list or a map where a text, a number or a map belongs, and does not say what",
        example: (V4_1, r#"{"audit_logging_options": {"included_users": []}}"#),
        has_it: |minor, config| any(config, "", &|name, value| is_misplaced(minor, name, value)),
    },
    Stricter {
        code: "E411",
        because: "a class without a name is never made, so that its parameters are lost",
        example: (V4_0, r#"{"hints_compression": {"parameters": {"a": "b"}}}"#),
        has_it: |_, config| any(config, "", &|_, value| is_nameless(value)),
    },
    Stricter {
        code: "E411",
        because: "the name of a class is a text; no class is called true or 5",
        example: (V5_0, r#"{"hints_compression": {"class_name": true}}"#),
        has_it: |_, config| any(config, "", &|key, value| key.ends_with("class_name") && !value.is_string()),
    },
    Stricter {
        code: "E411",
        because: "a text where a map with class_name belongs is taken for a class only where Cassandra makes one",
        example: (V5_0, r#"{"commitlog_compression": 5}"#),
        has_it: |minor, config| {
            any(config, "", &|name, value| is_class(minor, name) && !value.is_object() && !value.is_array())
        },
    },
    Stricter {
        code: "E411",
        because: "NaN is the default of a number that must be written; it is none to write",
        example: (V4_0, r#"{"commitlog_sync_batch_window_in_ms": "NaN"}"#),
        has_it: |_, config| any(config, "", &|_, value| value == "NaN"),
    },
    Stricter {
        code: "E411",
        because: "what stands flat takes the place of all that stands nested, which is lost unread",
        example: (
            V5_0,
            r#"{"auto_repair": {"global_settings": {"enabled": "x"}}, "auto_repair.global_settings.repair_max_retries": 2}"#,
        ),
        has_it: |_, config| is_flat_and_nested(config),
    },
    Stricter {
        code: "E412",
        because: "of an old and a new name 4.0 takes one and loses the other",
        example: (
            V4_0,
            r#"{"internode_recv_buff_size_in_bytes": 64, "internode_socket_receive_buffer_size_in_bytes": 3}"#,
        ),
        has_it: |_, config| any(config, "", &|key, _| key.starts_with("internode_socket_")),
    },
    Stricter {
        code: "E412",
        because: "of a key that stands flat and nested one is lost",
        example: (
            V4_1,
            r#"{"client_encryption_options": {"protocol": "a"}, "client_encryption_options.protocol": "b"}"#,
        ),
        has_it: |_, config| is_flat_and_nested(config),
    },
    Stricter {
        code: "E415",
        because: "three nodes would have the same tokens; the second one refuses to join",
        example: (V4_1, r#"{"num_tokens": 1, "initial_token": "5"}"#),
        has_it: |_, config| has_top(config, "initial_token"),
    },
    Stricter {
        code: "E416",
        because: "tokens are allocated when a node joins, which is later",
        example: (V5_0, r#"{"allocate_tokens_for_local_replication_factor": 8}"#),
        has_it: |_, config| has_top(config, "allocate_tokens_for_local_replication_factor"),
    },
    Stricter {
        code: "E416",
        because: "a keyspace for the tokens is looked for when a node joins, which is later",
        example: (V4_1, r#"{"allocate_tokens_for_keyspace": "shop"}"#),
        has_it: |_, config| has_top(config, "allocate_tokens_for_keyspace"),
    },
    Stricter {
        code: "E417",
        because: "a number of tokens below 1 is refused when a node joins, which is later",
        example: (V3_11, r#"{"num_tokens": 0}"#),
        has_it: |_, config| has_top(config, "num_tokens"),
    },
    Stricter {
        code: "E417",
        because: "the number of bytes is too large for an int and becomes negative, unseen",
        example: (V4_0, r#"{"max_mutation_size_in_kb": 2147483647}"#),
        has_it: |_, config| has_top(config, "max_mutation_size_in_kb"),
    },
    Stricter {
        code: "E417",
        because: "3.11 does not look at the cache of the column index, and goes on with a negative size",
        example: (V3_11, r#"{"column_index_cache_size_in_kb": -2}"#),
        has_it: |_, config| has_top(config, "column_index_cache_size_in_kb"),
    },
    Stricter {
        code: "E417",
        because: "intervals of a snitch that is off are not looked at, until it is switched on at run time",
        example: (V4_0, r#"{"dynamic_snitch": false, "dynamic_snitch_update_interval_in_ms": 0}"#),
        has_it: |_, config| config.get("dynamic_snitch").is_some(),
    },
    Stricter {
        code: "E417",
        because: "keystores and the folder of the audit log are opened once the configuration is read",
        example: (V4_0, r#"{"audit_logging_options": {"enabled": true, "audit_logs_dir": "/audit"}}"#),
        has_it: |_, config| {
            has_top(config, "audit_logging_options") || config.keys().any(|key| key.contains("_encryption_"))
        },
    },
];

/// Something that Cassandra refuses and that cannot be seen in the topology.
pub(super) struct Unseen {
    /// What stands in Cassandra's refusal.
    pub(super) words: &'static str,
    /// Why it cannot be seen.
    pub(super) because: &'static str,
    /// What cassc warns about.
    pub(super) warning: Option<&'static str>,
    /// An example, with its minor.
    pub(super) example: (Minor, &'static str),
}

/// Everything that cassc cannot know.
pub(super) const UNSEEN: &[Unseen] = &[
    Unseen {
        words: "ClassNotFoundException",
        because: "a class may be in a jar that the image adds",
        warning: Some("W429"),
        example: (V4_1, r#"{"client_encryption_options": {"ssl_context_factory": {"class_name": "x"}}}"#),
    },
    Unseen {
        words: "Unable to find class",
        because: "a class may be in a jar that the image adds",
        warning: Some("W429"),
        example: (V5_0, r#"{"network_authorizer": {"class_name": "x"}}"#),
    },
    Unseen {
        words: "Invalid Request Scheduler class",
        because: "a class may be in a jar that the image adds",
        warning: Some("W429"),
        example: (V3_11, r#"{"request_scheduler": "x"}"#),
    },
    Unseen {
        words: "Failed to initialize SSL",
        because: "a keystore lies in a volume",
        warning: None,
        example: (
            V5_0,
            r#"{"client_encryption_options":
                {"enabled": true, "keystore": "/var/lib/cassandra/k", "keystore_password": "x"}}"#,
        ),
    },
    Unseen {
        words: "failed to load key provider",
        because: "a keystore lies in a volume",
        warning: None,
        example: (
            V4_0,
            r#"{"transparent_data_encryption_options": {"enabled": true, "key_provider":
                {"class_name": "org.apache.cassandra.security.JKSKeyProvider", "parameters": {"keystore": "/var/lib/cassandra/k"}}}}"#,
        ),
    },
];

/// A complaint of cassc that no entry explains, though Cassandra takes the configuration.
pub(super) fn unexplained(judged: &Judged) -> Option<&'static str> {
    let explains = |code: &str, entry: &Stricter| entry.code == code && (entry.has_it)(judged.minor, &judged.config);
    judged.codes.iter().copied().find(|code| !STRICTER.iter().any(|entry| explains(code, entry)))
}

/// Keys that are not the user's to set.
const OWNED: &[&str] = &[
    "authenticator",
    "authorizer",
    "auto_bootstrap",
    "broadcast_address",
    "broadcast_rpc_address",
    "cluster_name",
    "endpoint_snitch",
    "listen_address",
    "listen_interface",
    "listen_interface_prefer_ipv6",
    "listen_on_broadcast_address",
    "native_transport_port",
    "native_transport_port_ssl",
    "role_manager",
    "rpc_address",
    "rpc_interface",
    "rpc_interface_prefer_ipv6",
    "rpc_port",
    "seed_provider",
    "ssl_storage_port",
    "start_native_transport",
    "start_rpc",
    "storage_port",
];

fn has_top(config: &Map<String, Value>, key: &str) -> bool {
    config.keys().any(|written| written.split('.').next() == Some(key))
}

fn is_flat_and_nested(config: &Map<String, Value>) -> bool {
    config.keys().any(|key| key.split_once('.').is_some_and(|(top, _)| config.contains_key(top)))
        || config.values().any(|value| value.as_object().is_some_and(is_flat_and_nested))
}

fn is_nameless(value: &Value) -> bool {
    value.get("parameters").is_some() && value.get("class_name").is_none()
}

fn is_class(minor: Minor, name: &str) -> bool {
    table(minor).get(name).is_some_and(|key| matches!(key.kind, Kind::ParameterizedClass { .. }))
}

/// Whether a list or a map stands where the key holds something else.
fn is_misplaced(minor: Minor, name: &str, value: &Value) -> bool {
    let Some(key) = table(minor).get(name) else { return false };
    match key.kind {
        Kind::ParameterizedClass { .. } => false,
        Kind::TextList | Kind::EnumList(_) => value.is_object(),
        Kind::TextMap
        | Kind::IntMap
        | Kind::TextMaps
        | Kind::Object
        | Kind::MemtableConfigurations
        | Kind::Choices(_)
        | Kind::ObjectsLike(_) => value.is_array(),
        _ => value.is_array() || value.is_object(),
    }
}

/// Whether some key, by its full name, and value at any level fulfil a condition.
fn any(config: &Map<String, Value>, prefix: &str, condition: &dyn Fn(&str, &Value) -> bool) -> bool {
    config.iter().any(|(key, value)| {
        let name = format!("{prefix}{key}");
        let below = || value.as_object().is_some_and(|object| any(object, &format!("{name}."), condition));
        condition(&name, value) || below()
    })
}
