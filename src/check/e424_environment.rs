//! E424: an environment variable with an invalid name, or one that cassc manages.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_data_key, is_shell_variable};
use crate::subject::Subject;
use crate::topology::EnvironmentValue;

pub(super) const RULE: Rule = Rule {
    code: "E424",
    name: "environment-variable",
    summary: "an environment variable has an invalid name or is managed by cassc",
    explain: "\
cassc sets some variables itself. A second value would replace them: the Management API would listen on a different port, or
pods would use wrong names. Others change how the Management API is started, on which the probes, the scripts of the pods and the
program in the cluster depend. Others change Cassandra without any check: the entry point of the image writes
`CASSANDRA_…` into `cassandra.yaml`, and the start script reads heap and JVM options from the environment.

Use the field of the topology that the help line names.",
};

const OWN: &str = "remove it; cassc sets it";
const WIRING: &str = "remove it; files, scripts and probes of the pod depend on it";
const API: &str = "remove it; probes and scripts depend on how the Management API is started";
const HEAP: &str = "write `cassandra.jvm.heap`";
const OPTIONS: &str = "add the options to `cassandra.jvm.options`";
const CONFIG: &str = "write the key in `cassandra.config`, or use the field of the topology";
/// Names, or prefixes that end in `*`, with what to write instead. These variables are read by the entry point of the
/// Management API and by `conf/cassandra-env.sh` and `bin/cassandra` of apache/cassandra.
const OWNED: &[(&str, &str)] = &[
    ("POD_NAME", OWN),
    ("POD_IP", OWN),
    ("NODE_NAME", OWN),
    ("DRAIN_SECONDS", OWN),
    ("READY_SECONDS", OWN),
    ("CASSC_*", OWN),
    ("USE_MGMT_API", OWN),
    ("IGNORE_DEFAULTS", OWN),
    ("MGMT_API_HEAP_SIZE", "write `managementApi.heap`"),
    ("MGMT_API_LISTEN_TCP_PORT", OWN),
    ("MGMT_API_DISABLE_MCAC", OWN),
    ("MGMT_API_TLS_*", "write `managementApi.tls`"),
    ("MGMT_API_*", API),
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
    ("HEAP_NEWSIZE", "write `cassandra.jvm.youngGeneration`"),
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
                _ => format!("`{}` is not a valid name of an environment variable", name.escape_debug()),
            };
            complaints
                .push(RULE.complain(message, at("")).expected("letters, digits and `_`, not starting with a digit"));
        } else if let Some(instead) = instead_of_variable(name) {
            complaints.push(RULE.complain(format!("the variable `{name}` is managed by cassc"), at("")).help(instead));
        }
        complaints.extend(key_fault(subject, name, value));
    }
}

/// What to do instead of setting a variable, if cassc manages it.
pub(crate) fn instead_of_variable(name: &str) -> Option<&'static str> {
    OWNED.iter().find(|(owned, _)| matches(owned, name)).map(|(_, instead)| *instead)
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
