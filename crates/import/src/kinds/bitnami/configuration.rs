//! The configuration of Cassandra: values of the chart, and variables that the image turns into it.

use cassc_ring::release::Minor;
use serde_json::{Map, Value};

use super::{Values, optional};
use crate::builders::Builder;
use crate::documents::At;
use crate::draft::{Draft, datacenter, spec};
use crate::kinds::cass_operator::config::{Reading, entry, owned};
use crate::path::Path;
use crate::pods::container::variable;
use crate::pods::text_of;
use crate::report::Refusal;

/// The beginning of variables that the image writes into `cassandra.yaml` (`cassandra_setup_from_environment_variables`).
const OF_YAML: &str = "CASSANDRA_CFG_YAML_";
/// The beginnings of those that it writes into other files.
const OF_FILES: [&str; 3] = ["CASSANDRA_CFG_ENV_", "CASSANDRA_CFG_RACKDC_", "CASSANDRA_CFG_COMMITLOG_"];

/// `cassandra.yaml`, users and the environment. `minor` is unknown where somebody must write the version first.
pub(super) fn write(draft: &mut Draft, values: &Values<'_>, minor: Option<Minor>) -> Result<(), Refusal> {
    let to = datacenter(0);
    let list = values.keys(&["extraEnvVars"]);
    let mut set = Map::new();
    for (index, written) in optional::<Vec<Value>>(&list)?.unwrap_or_default().iter().enumerate() {
        let at = list.index(index);
        let name = written.get("name").and_then(Value::as_str).unwrap_or_default();
        match (name.strip_prefix(OF_YAML), written.get("value").and_then(text_of), minor) {
            (Some(key), Some(value), Some(minor)) => {
                let reading = Reading { minor, builder: Builder::Bitnami, datacenter: &to };
                set.extend(of_yaml(draft, &at, &key.to_lowercase(), value, reading));
            }
            (Some(_), ..) => draft.lose(&at, "set a key of cassandra.yaml", "write it into `cassandra.config`"),
            _ if OF_FILES.iter().any(|prefix| name.starts_with(prefix)) => {
                draft.lose(
                    &at,
                    "set a value in a file beside cassandra.yaml",
                    "write options of the JVM into `cassandra.jvm.options`",
                );
            }
            _ => variable(draft, &at, written, &to),
        }
    }
    if let Some(minor) = minor {
        functions(draft, values, minor, &to)?;
        let reading = Reading { minor, builder: Builder::Bitnami, datacenter: &to };
        Builder::Bitnami.fill(draft, minor, &set, &config(&to));
        collector(draft, reading, &to);
    }
    tokens(draft, values, &to)?;
    if minor.is_none_or(|minor| minor < Minor::V5_0) {
        let why = "cassc maps the indexes alone; the image leaves Cassandra's default, which maps the data too";
        draft.differ(&spec(&["cassandra", "config", "disk_access_mode"]), why);
    }
    draft.fill(
        &spec(&["auth", "authenticator"]),
        "Password",
        "the image has PasswordAuthenticator and CassandraAuthorizer",
    );
    Ok(())
}

fn config(to: &Path) -> Path {
    to.key("cassandra").key("config")
}

/// A key of cassandra.yaml from a variable, whose value is a text.
fn of_yaml(draft: &mut Draft, at: &At<'_>, key: &str, text: String, reading: Reading<'_>) -> Option<(String, Value)> {
    let value = Value::String(text);
    if owned(draft, at, key, &value) {
        return None;
    }
    entry(draft, at, key, &value, reading)
}

/// User-defined functions, by the name of the key in that version.
fn functions(draft: &mut Draft, values: &Values<'_>, minor: Minor, to: &Path) -> Result<(), Refusal> {
    let at = values.keys(&["cluster", "enableUDF"]);
    let key = if minor >= Minor::V4_1 { "user_defined_functions_enabled" } else { "enable_user_defined_functions" };
    match optional::<bool>(&at)? {
        Some(true) => draft.carry(&at, &config(to).key(key), true),
        Some(false) => draft.meet(&at, "no user-defined functions, as by default"),
        None => {}
    }
    Ok(())
}

fn collector(draft: &mut Draft, reading: Reading<'_>, to: &Path) {
    let gc = to.key("cassandra").key("jvm").key("gc");
    if let (Some((collector, why)), None) = (reading.builder.collector(reading.minor), draft.get(&gc)) {
        draft.fill(&gc, collector, why);
    }
}

/// The nodes are new, so a number that nobody wrote need not stay.
fn tokens(draft: &mut Draft, values: &Values<'_>, to: &Path) -> Result<(), Refusal> {
    let at = values.keys(&["cluster", "numTokens"]);
    let key = config(to).key("num_tokens");
    match optional::<u32>(&at)? {
        Some(number) => draft.carry(&at, &key, number),
        None => {
            let why =
                "the chart gives its nodes 256 tokens; the nodes of this topology are new, and get cassc's number";
            draft.differ(&spec(&["cassandra", "config", "num_tokens"]), why);
        }
    }
    Ok(())
}
