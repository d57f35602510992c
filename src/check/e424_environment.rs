//! E424: an environment variable that cannot be one, or that is not the user's to set.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_data_key, is_shell_variable};
use crate::subject::Subject;
use crate::topology::EnvironmentValue;

pub(super) const RULE: Rule = Rule {
    code: "E424",
    name: "environment-variable",
    summary: "an environment variable cannot be one, or is not the user's to set",
    explain: "\
Some variables are cassc's own, and a second one of the name would replace them: the Management API would listen
elsewhere, or pods would take each other's names. Others change Cassandra behind the back of every check: the
image's entry point writes `CASSANDRA_…` into `cassandra.yaml`, and the start script takes heap and options of the
JVM from the environment.

Use the field of the topology that the complaint names.",
};

const OWN: &str = "leave it out; cassc sets it";
const WIRING: &str = "leave it out; files, scripts and probes of the pod depend on it";
const HEAP: &str = "set `cassandra.jvm.heap`";
const OPTIONS: &str = "add the options to `cassandra.jvm.options`";
const CONFIG: &str = "set the key under `cassandra.config`, or the field of the topology that stands for it";

/// Names, or beginnings of names that end in `*`, with what to do instead. The variables that the Management API's
/// entry point and apache/cassandra's `conf/cassandra-env.sh` and `bin/cassandra` read.
const OWNED: &[(&str, &str)] = &[
    ("POD_NAME", OWN),
    ("POD_IP", OWN),
    ("NODE_NAME", OWN),
    ("DRAIN_SECONDS", OWN),
    ("USE_MGMT_API", OWN),
    ("IGNORE_DEFAULTS", OWN),
    ("MGMT_API_*", OWN),
    ("MAAC_PATH", WIRING),
    ("MCAC_PATH", WIRING),
    ("CASSANDRA_CONF", WIRING),
    ("CASSANDRA_HOME", WIRING),
    ("CASSANDRA_INCLUDE", WIRING),
    ("CASSANDRA_LOG_DIR", WIRING),
    ("CASSANDRA_HEAPDUMP_DIR", OPTIONS),
    ("CASSANDRA_DEPLOYMENT", WIRING),
    ("CASSANDRA_LIBJEMALLOC", WIRING),
    ("CASSANDRA_BROADCAST_ADDRESS", CONFIG),
    ("CASSANDRA_BROADCAST_RPC_ADDRESS", CONFIG),
    ("CASSANDRA_CLUSTER_NAME", CONFIG),
    ("CASSANDRA_DC", CONFIG),
    ("CASSANDRA_ENDPOINT_SNITCH", CONFIG),
    ("CASSANDRA_LISTEN_ADDRESS", CONFIG),
    ("CASSANDRA_NAME", CONFIG),
    ("CASSANDRA_NUM_TOKENS", CONFIG),
    ("CASSANDRA_RACK", CONFIG),
    ("CASSANDRA_RPC_ADDRESS", CONFIG),
    ("CASSANDRA_SEEDS", CONFIG),
    ("CASSANDRA_START_RPC", CONFIG),
    ("MAX_HEAP_SIZE", HEAP),
    ("HEAP_NEWSIZE", HEAP),
    ("JVM_OPTS", OPTIONS),
    ("JVM_EXTRA_OPTS", OPTIONS),
    ("JAVA_OPTS", OPTIONS),
    ("JAVA_TOOL_OPTIONS", OPTIONS),
    ("JDK_JAVA_OPTIONS", OPTIONS),
    ("_JAVA_OPTIONS", OPTIONS),
    ("LOCAL_JMX", WIRING),
    ("JMX_PORT", WIRING),
    ("JAVA_HOME", WIRING),
    ("PATH", WIRING),
    ("HOME", WIRING),
    ("LD_PRELOAD", WIRING),
    ("LD_LIBRARY_PATH", WIRING),
];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (name, value) in &subject.spec().cassandra.environment {
        let at = |text: &str| subject.key(Route::of("spec.cassandra.environment").key(name), text);
        if !is_shell_variable(name) {
            let message = match name.as_str() {
                "" => "an environment variable has no name".to_owned(),
                _ => format!("`{}` is not the name of an environment variable", name.escape_debug()),
            };
            complaints.push(RULE.complain(message, at("")).expected("letters, digits and `_`, no digit in front"));
        } else if let Some((_, instead)) = OWNED.iter().find(|(owned, _)| matches(owned, name)) {
            complaints.push(RULE.complain(format!("`{name}` is not to be set"), at("")).help(*instead));
        }
        complaints.extend(key_fault(subject, name, value));
    }
}

/// The name of the Secret is the business of E512.
fn key_fault(subject: &Subject<'_>, name: &str, value: &EnvironmentValue) -> Option<Diagnostic> {
    let EnvironmentValue::FromSecret(secret) = value else { return None };
    let key = &secret.secret_key_ref.key;
    (!is_data_key(key)).then(|| {
        let route = Route::of("spec.cassandra.environment").key(name).key("secretKeyRef").key("key");
        let message = format!("no Secret can have a key `{}`", key.escape_debug());
        let expected = "letters, digits, `-`, `_` and `.`, at most 253";
        RULE.complain(message, subject.value(route, "")).expected(expected)
    })
}

fn matches(owned: &str, name: &str) -> bool {
    owned.strip_suffix('*').map_or(owned == name, |beginning| name.starts_with(beginning))
}
