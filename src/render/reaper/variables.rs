//! The environment variables that the image makes Reaper's configuration of. It puts their values into a text of YAML, so that names are
//! quoted here as YAML reads them, and passwords have letters and digits only.

use cassc_ring::names;
use cassc_ring::reaper::{ADMIN_PORT, PORT, ReaperMode};
use k8s_openapi::api::core::v1::EnvVar;
use serde_json::{Value, json};

use super::super::Here;
use super::super::kit::{secret_key, variable};
use crate::cluster::{Cluster, Datacenter, Reaper};
use crate::topology::SecretKey;

/// Where the stores for the Management API are mounted.
pub(super) const STORES_PATH: &str = "/etc/encryption/mgmt";

/// Those of a server: what it is, what it keeps and who may log in to it. `host` is the Cassandra that it is first connected to, and
/// `datacenter` that Cassandra's.
pub(super) fn of_server(here: Here<'_>, reaper: &Reaper, datacenter: &Datacenter, host: &str) -> Vec<EnvVar> {
    let cluster = here.cluster;
    let mut variables = of_storage(reaper, datacenter, host);
    if reaper.keyspace.is_some() {
        variables.push(variable("REAPER_SKIP_SCHEMA_MIGRATION", "true"));
    }
    variables.extend([
        variable("REAPER_DATACENTER_AVAILABILITY", availability(cluster, reaper)),
        variable("REAPER_ENABLE_DYNAMIC_SEED_LIST", "false"),
        variable("REAPER_SERVER_APP_PORT", PORT.to_string()),
        variable("REAPER_SERVER_ADMIN_PORT", ADMIN_PORT.to_string()),
        variable("REAPER_HEAP_SIZE", format!("{}m", reaper.heap_mebibytes)),
        key("REAPER_AUTH_USER", &reaper.ui_secret, "username"),
        key("REAPER_AUTH_PASSWORD", &reaper.ui_secret, "password"),
        key("JWT_SECRET", &names::reaper_token_secret(&cluster.name), "password"),
    ]);
    variables.extend(of_management(reaper));
    variables.extend(of_auto_schedule(reaper));
    variables
}

/// Where it keeps what it knows; all that the migration of the tables needs.
pub(super) fn of_storage(reaper: &Reaper, datacenter: &Datacenter, host: &str) -> Vec<EnvVar> {
    let tmp = variable("REAPER_TMP_DIRECTORY", "/tmp");
    let Some(keyspace) = &reaper.keyspace else {
        return vec![variable("REAPER_STORAGE_TYPE", "memory"), tmp];
    };
    let port = datacenter.native_port;
    let mut variables = vec![variable("REAPER_STORAGE_TYPE", "cassandra"), tmp];
    if reaper.names_ports() {
        variables.push(variable("REAPER_CASS_CONTACT_POINTS", json!([{"host": host, "port": port}]).to_string()));
    } else {
        variables.push(variable("REAPER_CASS_CONTACT_POINTS", json!([host]).to_string()));
        variables.push(variable("REAPER_CASS_PORT", port.to_string()));
    }
    variables.push(variable("REAPER_CASS_LOCAL_DC", Value::from(datacenter.ring_name.as_str()).to_string()));
    variables.push(variable("REAPER_CASS_KEYSPACE", keyspace));
    if let Some(role) = &reaper.role_secret {
        variables.extend([
            variable("REAPER_CASS_AUTH_ENABLED", "true"),
            key("REAPER_CASS_AUTH_USERNAME", role, "username"),
            key("REAPER_CASS_AUTH_PASSWORD", role, "password"),
        ]);
    }
    variables
}

/// Which nodes a Reaper calls: its own, all, or those of its Kubernetes cluster while others call theirs.
fn availability(cluster: &Cluster, reaper: &Reaper) -> &'static str {
    match reaper.mode {
        ReaperMode::Sidecar => "SIDECAR",
        ReaperMode::Deployment if cluster.kube_clusters().len() > 1 => "EACH",
        ReaperMode::Deployment => "ALL",
    }
}

/// Sidecars use JMX, which listens on the loopback interface alone; a pod of its own the Management API, with certificates where that
/// asks for them.
fn of_management(reaper: &Reaper) -> Vec<EnvVar> {
    if reaper.mode == ReaperMode::Sidecar {
        return Vec::new();
    }
    let mut variables = vec![variable("REAPER_HTTP_MANAGEMENT_ENABLE", "true")];
    if reaper.keystores_secret.is_some() {
        let store = |(what, file): (&str, &str)| {
            variable(&format!("REAPER_HTTP_MANAGEMENT_{what}_PATH"), format!("{STORES_PATH}/{file}"))
        };
        variables.extend([("KEYSTORE", "keystore.jks"), ("TRUSTSTORE", "truststore.jks")].map(store));
    }
    variables
}

/// Keyspaces with a schedule in the topology get none of Reaper's own: it would be there first, and Reaper keeps one for a table.
fn of_auto_schedule(reaper: &Reaper) -> Vec<EnvVar> {
    if !reaper.auto_schedule {
        return Vec::new();
    }
    let mut keyspaces: Vec<&str> = reaper.schedules.iter().map(|schedule| schedule.keyspace.as_str()).collect();
    keyspaces.sort_unstable();
    keyspaces.dedup();
    vec![
        variable("REAPER_AUTO_SCHEDULING_ENABLED", "true"),
        variable("REAPER_AUTO_SCHEDULING_EXCLUDED_KEYSPACES", json!(keyspaces).to_string()),
    ]
}

fn key(variable: &str, secret: &str, key: &str) -> EnvVar {
    secret_key(variable, &SecretKey { name: secret.to_owned(), key: key.to_owned() })
}

/// The address where the nodes of a datacenter are found that serve CQL.
pub(super) fn contact(cluster: &Cluster, datacenter: &Datacenter) -> String {
    names::cql_service(&cluster.name, &datacenter.name)
}
