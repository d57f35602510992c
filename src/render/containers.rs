//! The containers of a pod: the gate, Cassandra behind its Management API, the system logger, and what the user adds.

use cassc_ring::names;
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EnvVar, ExecAction, Lifecycle, LifecycleHandler, ResourceRequirements,
    SecurityContext,
};

use super::kit::{pod_field, quantities, secret_key, variable};
use super::volumes::{self, CERTIFICATES_PATH, CONFIGURATION_PATH, LOGS_PATH};
use super::{Here, probes, reaper};
use crate::cluster::generation::Scripts;
use crate::cluster::{Cluster, Datacenter, Rack, StringMap, SystemLogger};
use crate::topology::EnvironmentValue;

/// The port of the Management API.
pub(super) const MANAGEMENT_PORT: u16 = 8080;

/// Seconds of the termination grace that draining leaves for the end of the process.
const SECONDS_AFTER_DRAIN: u32 = 15;

/// The init containers: the user's, then the gate, under the name that Cass Operator gives to what makes `/config`,
/// then the system logger. It is an init container that keeps running (a sidecar), because those end after the others: it
/// shows Cassandra's last words.
pub(super) fn init_containers(here: Here<'_>, datacenter: &Datacenter, rack: &Rack) -> Vec<Container> {
    let cluster = here.cluster;
    let additional = cluster.pod_of(datacenter).init_containers.iter().cloned().map(with_restricted_context);
    let logger = cluster.system_logger.as_ref().map(|logger| system_logger(cluster, logger));
    additional.chain([gate(here, datacenter, rack)]).chain(logger).collect()
}

/// The containers: Cassandra, Reaper where it runs in the pods, the user's.
pub(super) fn containers(here: Here<'_>, datacenter: &Datacenter, rack: &Rack) -> Vec<Container> {
    let cluster = here.cluster;
    let additional = cluster.pod_of(datacenter).containers.iter().cloned().map(with_restricted_context);
    let reaper = reaper::container(here, datacenter);
    [cassandra(cluster, datacenter, rack)].into_iter().chain(reaper).chain(additional).collect()
}

/// The gate: decides whether this pod may start Cassandra now and with which seeds, and writes `/config`. Its resources
/// are small; the scheduler counts the larger of init containers and containers.
fn gate(here: Here<'_>, datacenter: &Datacenter, rack: &Rack) -> Container {
    let cluster = here.cluster;
    let address = if datacenter.node_port.is_some() { "status.hostIP" } else { "status.podIP" };
    let env = vec![
        pod_field("POD_NAME", "metadata.name"),
        pod_field("POD_IP", "status.podIP"),
        pod_field("BROADCAST_RPC_ADDRESS", address),
        variable("DATACENTER_NAME", &datacenter.ring_name),
        variable("RACK_NAME", &rack.ring_name),
        variable("CONTROL_NAME", format!("kubernetes.default.svc.{}", cluster.domain)),
        variable("MGMT_API_LISTEN_TCP_PORT", MANAGEMENT_PORT.to_string()),
    ];
    let env = env.into_iter().chain(command_variables(cluster)).collect();
    Container {
        name: "server-config-init".to_owned(),
        image: Some(cluster.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        command: Some(script("gate.sh")),
        env: Some(env),
        resources: Some(resources(&cluster.gate.requests, &cluster.gate.limits)),
        security_context: Some(restricted(Some(volumes::read_only_root(cluster)))),
        volume_mounts: Some(volumes::gate_mounts(cluster)),
        ..Container::default()
    }
}

/// What the commands that the scripts print are made of: the namespace, the claim templates and the ConfigMap of what the
/// ring is. The first scripts print none.
fn command_variables(cluster: &Cluster) -> Vec<EnvVar> {
    if cluster.defaults().scripts < Scripts::Second {
        return Vec::new();
    }
    vec![
        pod_field("CASSC_NAMESPACE", "metadata.namespace"),
        variable("CASSC_CLAIMS", volumes::claim_names(cluster).collect::<Vec<_>>().join(" ")),
        variable("CASSC_STATE", names::state(&cluster.name)),
    ]
}

/// Cassandra. Neither `MGMT_API_EXPLICIT_START` nor `MGMT_API_NO_KEEP_ALIVE` is set: the Management API then starts
/// Cassandra by itself (observed with v0.1.112). `USE_MGMT_API` keeps the entry point from editing `cassandra.yaml`.
fn cassandra(cluster: &Cluster, datacenter: &Datacenter, rack: &Rack) -> Container {
    Container {
        name: "cassandra".to_owned(),
        image: Some(cluster.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        command: Some(script("start.sh")),
        env: Some(environment(cluster, datacenter)),
        ports: Some(ports(datacenter)),
        resources: Some(resources(&rack.requests, &rack.limits)),
        readiness_probe: Some(probes::readiness(cluster, datacenter)),
        liveness_probe: Some(probes::liveness(cluster, datacenter)),
        startup_probe: probes::startup(cluster, datacenter),
        lifecycle: Some(Lifecycle {
            pre_stop: Some(LifecycleHandler {
                exec: Some(ExecAction { command: Some(script("drain.sh")) }),
                ..LifecycleHandler::default()
            }),
            ..Lifecycle::default()
        }),
        security_context: Some(restricted(Some(volumes::read_only_root(cluster)))),
        volume_mounts: Some(volumes::cassandra_mounts(cluster)),
        ..Container::default()
    }
}

/// cassc's own variables, then the user's. Names are distinct: the rules see to it.
fn environment(cluster: &Cluster, datacenter: &Datacenter) -> Vec<EnvVar> {
    let drain = cluster.pod_of(datacenter).termination_grace_seconds.saturating_sub(SECONDS_AFTER_DRAIN).max(1);
    let mut variables = vec![
        pod_field("POD_NAME", "metadata.name"),
        pod_field("POD_IP", "status.podIP"),
        pod_field("NODE_NAME", "spec.nodeName"),
        variable("USE_MGMT_API", "true"),
        variable("MGMT_API_LISTEN_TCP_PORT", MANAGEMENT_PORT.to_string()),
        variable("MGMT_API_DISABLE_MCAC", "true"),
        variable("DRAIN_SECONDS", drain.to_string()),
        variable("READY_SECONDS", probes::seconds_to_ask(cluster, datacenter).to_string()),
        variable("CASSANDRA_LOG_DIR", LOGS_PATH),
    ];
    variables.extend(datacenter.management_api_heap.map(|heap| variable("MGMT_API_HEAP_SIZE", format!("{heap}m"))));
    variables.extend(command_variables(cluster));
    if cluster.management_api_secret.is_some() {
        let files = [("CA_CERT", "ca.crt"), ("CERT", "tls.crt"), ("KEY", "tls.key")];
        let path = |(what, file): (&str, &str)| {
            variable(&format!("MGMT_API_TLS_{what}_FILE"), format!("{CERTIFICATES_PATH}/{file}"))
        };
        variables.extend(files.map(path));
    }
    variables.extend(cluster.environment.iter().map(|(name, value)| match value {
        EnvironmentValue::Text(text) => variable(name, text),
        EnvironmentValue::FromSecret(secret) => secret_key(name, &secret.secret_key_ref),
    }));
    variables
}

/// Names and numbers are the operator's; `thrift` is left out, as no supported configuration starts it.
fn ports(datacenter: &Datacenter) -> Vec<ContainerPort> {
    let port = |(name, number): (&str, u16)| ContainerPort {
        name: Some(name.to_owned()),
        container_port: i32::from(number),
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    };
    let ports = [
        ("native", datacenter.native_port),
        ("tls-native", 9142),
        ("internode", 7000),
        ("tls-internode", 7001),
        ("jmx", 7199),
        ("mgmt-api-http", MANAGEMENT_PORT),
        ("prometheus", 9103),
        ("metrics", 9000),
    ];
    ports.map(port).into()
}

/// What `kubectl logs -c server-system-logger` shows. Cassandra logs to system.log; a configuration that it
/// refuses included; what the start script or the JVM refuses before there is a log (`cassandra-env.sh`, an unknown
/// option) stands in the other two alone, which the Management API empties at each start
/// (`LifecycleResources.startNode`).
const FOLLOWED_LOGS: [&str; 3] = ["system.log", "stdout.log", "stderr.log"];

/// Follows the logs. `-F` waits for a file and survives its rotation, `-q` leaves out the names between the lines. The
/// shell is there for SIGTERM, which `tail` as process 1 would ignore: the pod would live on for its whole termination
/// grace after Cassandra has ended.
fn system_logger(cluster: &Cluster, logger: &SystemLogger) -> Container {
    let logs = FOLLOWED_LOGS.map(|name| format!("{LOGS_PATH}/{name}")).join(" ");
    let follow = format!("trap 'exit 0' TERM; tail -q -n +1 -F {logs} & wait");
    let command = ["/bin/sh", "-c", &follow];
    Container {
        name: "server-system-logger".to_owned(),
        image: Some(logger.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        command: Some(command.into_iter().map(str::to_owned).collect()),
        restart_policy: Some("Always".to_owned()),
        resources: Some(resources(&logger.requests, &logger.limits)),
        security_context: Some(restricted(Some(true))),
        volume_mounts: Some(volumes::logger_mounts(cluster)),
        ..Container::default()
    }
}

/// A container of the user's, with the security context of the `restricted` profile unless it brings its own.
fn with_restricted_context(mut container: Container) -> Container {
    container.security_context.get_or_insert_with(|| restricted(None));
    container
}

/// The `restricted` Pod Security Standard, as far as it is a container's.
fn restricted(read_only_root: Option<bool>) -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".to_owned()]) }),
        read_only_root_filesystem: read_only_root.filter(|read_only| *read_only),
        ..SecurityContext::default()
    }
}

fn resources(requests: &StringMap, limits: &StringMap) -> ResourceRequirements {
    ResourceRequirements { requests: quantities(requests), limits: quantities(limits), claims: None }
}

pub(super) fn script(name: &str) -> Vec<String> {
    vec!["/bin/sh".to_owned(), format!("{CONFIGURATION_PATH}/{name}")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fixtures::shop;
    use crate::topology::{FromSecret, SecretKey};

    #[test]
    fn a_variable_may_come_from_a_secret() {
        let secret_key_ref = SecretKey { name: "agent".to_owned(), key: "token".to_owned() };
        let value = EnvironmentValue::FromSecret(FromSecret { secret_key_ref });
        let cluster = Cluster { environment: [("AGENT_TOKEN".to_owned(), value)].into(), ..shop() };
        let variable = environment(&cluster, &cluster.datacenters[0]).pop().expect("the user's variables come last");
        let source = serde_json::to_value(variable.value_from).expect("it is an object");
        assert_eq!((variable.name.as_str(), variable.value), ("AGENT_TOKEN", None));
        assert_eq!(source, serde_json::json!({"secretKeyRef": {"name": "agent", "key": "token"}}));
    }
}
