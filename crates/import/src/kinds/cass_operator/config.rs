//! The configuration: files and keys of the operator's builders become `cassandra.config` and `cassandra.jvm`.

use cassc_cassandra::config_keys::{Problem, examine, renamed, table};
use cassc_ring::release::Minor;
use serde_json::{Map, Value};

use super::{environment_file, jvm};
use crate::builders::Builder;
use crate::documents::At;
use crate::draft::{Draft, spec};
use crate::path::Path;
use crate::report::Refusal;

/// What is needed to read a configuration.
#[derive(Clone, Copy, Debug)]
pub(in crate::kinds) struct Reading<'p> {
    /// The version of Cassandra.
    pub(in crate::kinds) minor: Minor,
    /// The program that would make the files.
    pub(in crate::kinds) builder: Builder,
    /// Where it goes.
    pub(in crate::kinds) datacenter: &'p Path,
}

impl Reading<'_> {
    fn config(&self) -> Path {
        self.datacenter.key("cassandra").key("config")
    }
}

/// `spec.config`: one map for each file.
pub(in crate::kinds) fn files(draft: &mut Draft, at: &At<'_>, reading: Reading<'_>) -> Result<(), Refusal> {
    let files: Option<Map<String, Value>> = at.read()?;
    let files = files.unwrap_or_default();
    let own = files.get("cassandra-yaml").and_then(Value::as_object).cloned().unwrap_or_default();
    cassandra_yaml(draft, &at.key("cassandra-yaml"), &own, reading);
    if reading.minor == Minor::V3_11 && !own.contains_key("start_rpc") {
        let why = "cassc closes the port of Thrift; the operator opens it";
        draft.differ(&spec(&["cassandra", "config", "start_rpc"]), why);
    }
    let mut options = jvm::Options::default();
    for (file, values) in &files {
        let at = at.key(file);
        match file.as_str() {
            "cassandra-yaml" => {}
            "cassandra-env-sh" => environment_file::environment_file(draft, &at, &mut options),
            "jvm-options"
            | "jvm-server-options"
            | "jvm8-server-options"
            | "jvm11-server-options"
            | "jvm17-server-options"
            | "jvm21-server-options" => {
                jvm::option_file(draft, &at, file, values, reading, &mut options);
            }
            "dse-yaml" => {
                draft.lose(&at, "configures DataStax Enterprise", "nothing: Apache Cassandra has no such file");
            }
            "logback-xml" => {
                draft.lose(&at, "configures the log", "write levels into `cassandra.logging`");
            }
            _ => draft.lose(&at, "configures a file that cassc does not render", "see whether it is still needed"),
        }
    }
    options.write(draft, reading);
    Ok(())
}

/// The keys of cassandra.yaml, and what the builder adds to them.
pub(in crate::kinds) fn cassandra_yaml(
    draft: &mut Draft,
    at: &At<'_>,
    config: &Map<String, Value>,
    reading: Reading<'_>,
) {
    let mut set = Map::new();
    for (key, value) in config {
        let at = at.key(key);
        if !owned(draft, &at, key, value) {
            set.extend(entry(draft, &at, key, value, reading));
        }
    }
    reading.builder.fill(draft, reading.minor, &set, &reading.config());
    let is_silent = reading.builder == Builder::Silent || config.contains_key("disk_access_mode");
    if reading.minor < Minor::V5_0 && !is_silent {
        let why = "cassc maps the indexes alone; the operator maps the data too";
        draft.differ(&spec(&["cassandra", "config", "disk_access_mode"]), why);
    }
}

/// Authentication and Thrift: keys that cassc manages. Whether it was one.
pub(in crate::kinds) fn owned(draft: &mut Draft, at: &At<'_>, key: &str, value: &Value) -> bool {
    match key {
        "authenticator" | "authorizer" | "role_manager" => {}
        "start_rpc" if value == &Value::Bool(false) => draft.meet(at, "Thrift is off"),
        "start_rpc" | "rpc_port" | "rpc_server_type" => {
            draft.lose(at, "opens the port of Thrift", "move clients to CQL: cassc does not support Thrift");
        }
        "endpoint_snitch" if class_of(value) == Some("GossipingPropertyFileSnitch") => {
            draft.meet(at, "the snitch that cassc uses");
        }
        "endpoint_snitch" | "initial_location_provider" | "node_proximity" => draft.lose(
            at,
            "chooses a snitch: where nodes learn their datacenter and rack from",
            "make sure that names of datacenters and racks stay: cassc uses GossipingPropertyFileSnitch",
        ),
        "storage_port" | "ssl_storage_port" | "native_transport_port" | "native_transport_port_ssl" => {
            let default = match key {
                "storage_port" => 7000,
                "ssl_storage_port" => 7001,
                _ => 9042,
            };
            if value.as_u64() == Some(default) {
                draft.meet(at, "the port that cassc uses");
            } else {
                draft.lose(at, "moves a port of Cassandra", "go back to the usual port: services and probes use it");
            }
        }
        "auto_bootstrap"
        | "broadcast_address"
        | "broadcast_rpc_address"
        | "cluster_name"
        | "initial_token"
        | "listen_address"
        | "listen_interface"
        | "listen_on_broadcast_address"
        | "rpc_address"
        | "rpc_interface"
        | "seed_provider"
        | "seeds"
        | "start_native_transport"
        | "listen_interface_prefer_ipv6"
        | "rpc_interface_prefer_ipv6" => draft.meet(at, "cassc fills it in when the pod starts"),
        _ => return false,
    }
    true
}

/// A key and its value under the name that this version has; `None` for one that it refuses.
pub(in crate::kinds) fn entry(
    draft: &mut Draft,
    at: &At<'_>,
    key: &str,
    value: &Value,
    reading: Reading<'_>,
) -> Option<(String, Value)> {
    let to = reading.config();
    let value = plain(value, key, reading.minor);
    let findings = examine(reading.minor, &Map::from_iter([(key.to_owned(), value.clone())]));
    let at_key = findings.iter().find(|finding| finding.path.len() == 1).map(|finding| &finding.problem);
    match at_key {
        Some(Problem::OtherName(_) | Problem::OldName(_)) => {
            let other = renamed(reading.minor, key, &value);
            if let Some((name, value)) = other.and_then(|other| Some((other.name, other.value?))) {
                draft.change(at, &to.key(name), &value, &format!("`{key}` has this name in {}", reading.minor));
                return Some((name.to_owned(), value));
            }
        }
        Some(Problem::Unknown { .. } | Problem::NotYet { .. } | Problem::Gone(_)) => {
            let did = format!("Cassandra {} has no such key, and does not start with it", reading.minor);
            draft.lose(at, &did, "leave it out");
            return None;
        }
        Some(Problem::WrongValue { expected }) => {
            let did = format!("Cassandra does not take this value; expected {expected}");
            draft.lose(at, &did, "write a value that it takes into `cassandra.config`");
            return None;
        }
        _ => {}
    }
    draft.carry(at, &to.key(key), &value);
    Some((key.to_owned(), value))
}

/// A number or a boolean between quotes, as JSON of programs has it, without them where the key takes one.
fn plain(value: &Value, key: &str, minor: Minor) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let fits = |value: &Value| {
        table(minor).get(key).is_some_and(|key| cassc_cassandra::config_keys::check_value(key, value).is_ok())
    };
    let read = serde_json::from_str::<Value>(text).ok().filter(|read| read.is_number() || read.is_boolean());
    read.filter(|read| fits(read)).unwrap_or_else(|| value.clone())
}

/// The class that a key names, be it a text or a map, without its package.
fn class_of(value: &Value) -> Option<&str> {
    let name = value.as_str().or_else(|| value.get("class_name")?.as_str())?;
    Some(name.rsplit('.').next().unwrap_or(name))
}

/// Who may log in: from the three keys; where the resource has none, what the operator writes, and why. `at` is
/// cassandra.yaml.
pub(in crate::kinds) fn authentication(draft: &mut Draft, at: &At<'_>, silent: (&str, &str)) {
    let to = spec(&["auth", "authenticator"]);
    let at_class = at.key("authenticator");
    let class = at_class.value().and_then(class_of);
    match class {
        Some("PasswordAuthenticator") => draft.agree(&at_class, &to, "Password"),
        Some("AllowAllAuthenticator") => draft.agree(&at_class, &to, "AllowAll"),
        Some(_) => {
            draft.decide(Some(&at_class), &to, "Password or AllowAll: cassc has no field for the resource's class");
        }
        None if draft.get(&to).is_none() => draft.fill(&to, silent.0, silent.1),
        None => {}
    }
    let has_passwords = class == Some("PasswordAuthenticator") || class.is_none() && silent.0 == "Password";
    let expected = if has_passwords { "CassandraAuthorizer" } else { "AllowAllAuthorizer" };
    for (key, expected) in [("authorizer", expected), ("role_manager", "CassandraRoleManager")] {
        let at = at.key(key);
        match at.value().map(class_of) {
            None => {}
            Some(Some(class)) if class == expected => draft.meet(&at, "cassc sets it with `auth.authenticator`"),
            Some(_) => draft.lose(
                &at,
                "chooses another class than cassc sets with this authenticator",
                "see whether clients depend on it: `auth.authenticator` sets authorizer and role manager too",
            ),
        }
    }
}
