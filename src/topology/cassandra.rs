//! Settings of Cassandra itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::environment::EnvironmentSchema;
use super::{EnvironmentValue, GarbageCollector, ImagePullPolicy};

/// Keys of `cassandra.yaml` with their values.
pub type Config = BTreeMap<String, Value>;

/// Version, image and configuration of Cassandra.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Cassandra {
    /// The version of Cassandra, such as `"4.1.9"`. 3.11, 4.0, 4.1 and 5.0 are supported.
    #[schemars(with = "TextOrNumber")]
    pub version: String,
    /// The image of the Cassandra container, with a tag or a digest. It must contain the Management API for Apache Cassandra.
    /// Defaults to the published image of the version. Example: `registry.example.com/cass-management-api:4.1.9-ubi`.
    pub image: Option<String>,
    /// When the image is pulled. Defaults to `IfNotPresent`.
    pub image_pull_policy: Option<ImagePullPolicy>,
    /// Keys of `cassandra.yaml`, checked against the keys of this minor version, such as `{concurrent_reads: 64}`. Datacenters
    /// and racks inherit them key by key; a list replaces the inherited list.
    #[serde(default)]
    pub config: Config,
    /// Heap, garbage collector and options of the JVM.
    #[serde(default)]
    pub jvm: Jvm,
    /// Log levels by logger, such as `org.apache.cassandra.db: DEBUG`; `root` is the root logger.
    #[serde(default)]
    pub logging: BTreeMap<String, LogLevel>,
    /// Environment variables of the Cassandra container: texts, or `{secretKeyRef: {name: …, key: …}}` for a key of a Secret
    /// of the namespace. Do not write secrets here: topologies are stored in Git. A Secret that changes restarts nothing.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, EnvironmentSchema>")]
    pub environment: BTreeMap<String, EnvironmentValue>,
}

/// Settings of Cassandra in one datacenter or rack.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct CassandraOverrides {
    /// Keys of `cassandra.yaml`. All other keys are inherited.
    #[serde(default)]
    pub config: Config,
    /// Heap, garbage collector and options of the JVM. Missing settings are inherited.
    #[serde(default)]
    pub jvm: Jvm,
}

impl CassandraOverrides {
    /// Whether anything is written here.
    pub(crate) fn is_written(&self) -> bool {
        let Jvm { heap, initial_heap, young_generation, gc, options } = &self.jvm;
        let sizes = [heap, initial_heap, young_generation];
        !self.config.is_empty() || sizes.into_iter().any(Option::is_some) || gc.is_some() || options.is_some()
    }
}

/// Heap, garbage collector and options of the JVM.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Jvm {
    /// The heap size, such as `8Gi`, or `auto` (the default): Cassandra's formula applied to the memory of the container.
    pub heap: Option<String>,
    /// The heap that the JVM starts with, such as `2Gi`. Defaults to `heap`, so that the heap is never resized.
    pub initial_heap: Option<String>,
    /// The young generation of the heap, such as `800Mi`, for `gc: CMS` alone. Default: Cassandra's formula, 100 MiB per core and
    /// at most a quarter of the heap.
    pub young_generation: Option<String>,
    /// The garbage collector. Defaults to Cassandra's own default: CMS for 3.11 and 4.0, G1 from 4.1 on.
    pub gc: Option<GarbageCollector>,
    /// More JVM options, one per list element, such as `-XX:MaxDirectMemorySize=4G`. A list replaces the inherited list.
    pub options: Option<Vec<String>>,
}

/// The level of a logger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are logback's own")]
pub enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Authentication of CQL clients.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Auth {
    /// How clients authenticate. Defaults to `Password`. It also sets Cassandra's authorizer and role manager.
    #[serde(default)]
    pub authenticator: Authenticator,
    /// The superuser of the cluster.
    #[serde(default)]
    pub superuser: Superuser,
    /// Roles beside the superuser. They are created once the ring is up, and changed when their Secret changes; a role that is
    /// removed here stays in Cassandra. What they may do is yours to grant. Needs `steps`.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// A role of Cassandra, with its password in a Secret.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Role {
    /// The name of the role, such as `shop_app`.
    pub name: String,
    /// Whether the role is a superuser. Defaults to `false`.
    #[serde(default)]
    pub superuser: bool,
    /// Whether the role may log in. Defaults to `true`.
    #[serde(default = "yes")]
    pub login: bool,
    /// The name of the Secret with the keys `username`, which is the name of the role, and `password`. Defaults to
    /// `<metadata.name>-role-<name>`.
    pub secret_name: Option<String>,
    /// Whether the Secret is created where it is missing, with a random password. Defaults to `false`: you create it.
    #[serde(default)]
    pub generate: bool,
}

fn yes() -> bool {
    true
}

/// How clients authenticate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Authenticator {
    /// With a user name and a password (`PasswordAuthenticator`, `CassandraAuthorizer`).
    #[default]
    Password,
    /// No authentication (`AllowAllAuthenticator`, `AllowAllAuthorizer`).
    AllowAll,
}

/// The superuser of the cluster. cassc renders no Secrets: without `steps` you create its Secret and its role.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Superuser {
    /// The name of the Secret with the keys `username` and `password`. Defaults to `<metadata.name>-superuser`.
    pub secret_name: Option<String>,
    /// Whether the Secret is created where it is missing, with a random password. Needs `steps`. Defaults to `false`: you create
    /// it.
    #[serde(default)]
    pub generate: bool,
}

/// Text, or an unquoted number that is used as written.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used: an editor must accept `version: 5.0`")]
pub(super) enum TextOrNumber {
    Text(String),
    Number(f64),
}
