//! Paths in `cassandra.yaml`: the settings of a rack → those that the pod cannot serve. Called by the rules about paths.

use cassc_ring::release::Minor;
use serde_json::Value;

use super::config_findings::minor;
use super::pod_files::{Fault, PodFiles, Usage, Use, Weight};
use super::settings::{Reader, Setting, Settings, different_racks, is, is_on};
use crate::diagnostic::Route;
use crate::subject::Subject;

/// A path that the pod cannot serve.
pub(super) struct Found {
    /// The value.
    pub(super) route: Route,
    /// The setting.
    pub(super) name: String,
    /// What is wrong.
    pub(super) fault: Fault,
}

/// All such paths, each once.
pub(super) fn faults(subject: &Subject<'_>, files: &PodFiles) -> Vec<Found> {
    let Some(minor) = minor(subject) else { return Vec::new() };
    let mut reader = Reader::new(minor);
    let mut all: Vec<Found> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for place in different_racks(subject) {
        let settings = reader.settings(place);
        let named = heap_dumps(&settings).into_iter().chain(logs(&settings)).chain(stores(&settings, minor));
        for (setting, usage) in named.chain(key_provider(&settings)).chain(heartbeat(&settings)) {
            for (route, path) in paths(setting) {
                let fault = files.fault(&path, usage).filter(|_| seen.insert((route.clone(), path.clone())));
                all.extend(fault.map(|fault| Found { route, name: setting.name.clone(), fault }));
            }
        }
    }
    all
}

type Named<'s> = (&'s Setting, Usage);

/// Heap dumps of Cassandra's own, since 5.0. E414 judges the directories with data.
fn heap_dumps(settings: &Settings) -> Vec<Named<'_>> {
    let is_used = is_on(settings.get("dump_heap_on_uncaught_exception"));
    let folder = settings.get("heap_dump_path").filter(|_| is_used);
    folder.map(|setting| (setting, (Use::WriteFolder, Weight::Later))).into_iter().collect()
}

/// The audit log in binary form is opened at the start, queries are logged on demand. A command is found when the first
/// file is to be archived.
fn logs(settings: &Settings) -> Vec<Named<'_>> {
    let of = |name: &str| settings.get(name);
    let logger = of("audit_logging_options.logger").or_else(|| of("audit_logging_options.logger.class_name"));
    let is_binary = logger.is_none_or(|logger| logger.written.contains("BinAuditLogger"));
    let is_audited = is_on(of("audit_logging_options.enabled"));
    let audit = of("audit_logging_options.audit_logs_dir").filter(|_| is_audited && is_binary);
    let audit_command = of("audit_logging_options.archive_command").filter(|_| is_audited);
    let commands = [audit_command, of("full_query_logging_options.archive_command")].into_iter().flatten();
    let commands = commands.filter(|command| command.value.as_str().is_some_and(|text| text.starts_with('/')));
    let audit = audit.map(|setting| (setting, (Use::WriteFolder, Weight::Start)));
    let queries = of("full_query_logging_options.log_dir");
    let queries = queries.map(|setting| (setting, (Use::WriteFolder, Weight::Later)));
    let commands = commands.map(|setting| (setting, (Use::Read, Weight::Later)));
    audit.into_iter().chain(queries).chain(commands).collect()
}

/// The stores that are read because something is encrypted: the keystore always, the truststore between nodes and where
/// clients show a certificate (`SSLFactory`, since 4.0 `FileBasedSslContextFactory`). Another factory may read none.
fn stores(settings: &Settings, minor: Minor) -> Vec<Named<'_>> {
    let mut all = Vec::new();
    for side in ["server_encryption_options", "client_encryption_options", "encryption_options"] {
        let of = |name: &str| settings.get(&format!("{side}.{name}"));
        if !is_encrypted(settings, side, minor) || !reads_files(settings, side) {
            continue;
        }
        let demands = of("require_client_auth").is_some_and(|it| is_on(Some(it)) || is(Some(it), "optional"));
        let truststore = of("truststore").filter(|_| demands || side != "client_encryption_options");
        let stores = [of("keystore"), of("outbound_keystore"), truststore].into_iter().flatten();
        all.extend(stores.map(|setting| (setting, (Use::Read, Weight::Start))));
    }
    all
}

/// Whether one side encrypts, or can.
pub(super) fn is_encrypted(settings: &Settings, side: &str, minor: Minor) -> bool {
    let of = |name: &str| settings.get(&format!("{side}.{name}"));
    if side == "client_encryption_options" {
        return is_on(of("enabled"));
    }
    let between = of("internode_encryption").is_some_and(|it| !is(Some(it), "none"));
    between || (minor >= Minor::V4_0 && is_on(of("optional")))
}

fn reads_files(settings: &Settings, side: &str) -> bool {
    let of = |name: &str| settings.get(&format!("{side}.ssl_context_factory{name}"));
    let factory = of(".class_name").or_else(|| of(""));
    factory.is_none_or(|factory| {
        ["DefaultSslContextFactory", "PEMBasedSslContextFactory"].iter().any(|name| factory.written.contains(name))
    })
}

/// The keystore of encrypted commit logs and hints, read at the start (`JKSKeyProvider`).
fn key_provider(settings: &Settings) -> Vec<Named<'_>> {
    let of = |name: &str| settings.get(&format!("transparent_data_encryption_options.{name}"));
    let parameters = [of("key_provider"), of("key_provider.parameters")].into_iter().flatten();
    let is_used = is_on(of("enabled"));
    parameters.filter(|_| is_used).map(|setting| (setting, (Use::Read, Weight::Start))).collect()
}

/// The file whose age tells how long a node was down, written while Cassandra runs.
fn heartbeat(settings: &Settings) -> Vec<Named<'_>> {
    let checks = settings.get("startup_checks");
    checks.map(|setting| (setting, (Use::WriteFile, Weight::Later))).into_iter().collect()
}

/// The paths of a setting with their places: a text, a list, or a parameter of a class or a check.
fn paths(setting: &Setting) -> Vec<(Route, String)> {
    let mut all = Vec::new();
    collect(&setting.route, &setting.value, true, &mut all);
    all
}

fn collect(route: &Route, value: &Value, is_path: bool, all: &mut Vec<(Route, String)>) {
    match value {
        Value::String(path) if is_path => {
            let first = path.split_whitespace().next().unwrap_or_default();
            let path = if path.contains(" %") { first } else { path };
            all.push((route.clone(), path.to_owned()));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(&route.index(index), item, is_path, all));
        }
        Value::Object(map) => {
            let is_off = map.get("enabled").is_some_and(|enabled| *enabled != Value::Bool(true));
            for (key, value) in map.iter().filter(|_| !is_off) {
                let is_path = ["keystore", "heartbeat_file"].contains(&key.as_str());
                collect(&route.key(key), value, is_path, all);
            }
        }
        _ => {}
    }
}
