//! What a user may write about Cassandra itself.

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
    /// The version, such as `"4.1.9"`; 3.11, 4.0, 4.1 and 5.0 are known.
    #[schemars(with = "TextOrNumber")]
    pub version: String,
    /// The image of the Cassandra container, with a tag or a digest. It must be an image of the Management API for Apache
    /// Cassandra. Defaults to the published image of the version.
    pub image: Option<String>,
    /// When the image is pulled. Defaults to `IfNotPresent`.
    pub image_pull_policy: Option<ImagePullPolicy>,
    /// Keys of `cassandra.yaml`, checked against the keys that this minor version knows. Maps are merged key by key with
    /// those of datacenter and rack, lists are replaced.
    #[serde(default)]
    pub config: Config,
    /// Heap, garbage collector and options of the Java virtual machine.
    #[serde(default)]
    pub jvm: Jvm,
    /// Log levels by logger, such as `org.apache.cassandra.db: DEBUG`; `root` is the root logger.
    #[serde(default)]
    pub logging: BTreeMap<String, LogLevel>,
    /// Environment variables of the Cassandra container: texts, or `{secretKeyRef: {name: …, key: …}}` for a key of a Secret
    /// of the namespace. A Secret that changes restarts nothing.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, EnvironmentSchema>")]
    pub environment: BTreeMap<String, EnvironmentValue>,
}

/// What a datacenter or a rack says differently about Cassandra.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct CassandraOverrides {
    /// Keys of `cassandra.yaml`, merged over those of the level above.
    #[serde(default)]
    pub config: Config,
    /// Heap, garbage collector and options; what is absent comes from the level above.
    #[serde(default)]
    pub jvm: Jvm,
}

/// Heap, garbage collector and options of the Java virtual machine.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Jvm {
    /// The heap: `auto` (Cassandra's own formula on the container's memory), or a size such as `8Gi`. Defaults to `auto`.
    pub heap: Option<String>,
    /// The garbage collector. Defaults to CMS for 3.11 and 4.0, as they ship, and to G1 from 4.1 on.
    pub gc: Option<GarbageCollector>,
    /// More options, such as `-XX:MaxDirectMemorySize=4G`. A list of a datacenter or rack replaces the one above it.
    pub options: Option<Vec<String>>,
}

/// How much a logger says.
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

/// Who may log in to Cassandra.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Auth {
    /// How a client proves who it is. Defaults to `Password`, which comes with Cassandra's own authorizer.
    #[serde(default)]
    pub authenticator: Authenticator,
    /// The first role.
    #[serde(default)]
    pub superuser: Superuser,
}

/// How a client proves who it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Authenticator {
    /// With a name and a password (`PasswordAuthenticator`, `CassandraAuthorizer`).
    #[default]
    Password,
    /// Not at all (`AllowAllAuthenticator`, `AllowAllAuthorizer`).
    AllowAll,
}

/// The first role of the cluster, a superuser. Its name and password live in a Secret that cassc never writes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Superuser {
    /// The Secret with the keys `username` and `password`. Defaults to `<metadata.name>-superuser`.
    pub secret_name: Option<String>,
}

/// Text, or an unquoted number that is taken as it is written.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used: an editor must accept `version: 5.0`")]
pub(super) enum TextOrNumber {
    Text(String),
    Number(f64),
}
