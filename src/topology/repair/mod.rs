//! Repairs that run again and again: Reaper, where it runs, and what it repairs when.

mod overlap;
mod schedule;
mod values;
mod version;

use cassc_ring::reaper::ReaperMode;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use overlap::common_table;
pub use schedule::Schedule;
pub(crate) use values::{MOST_SCHEDULES, bad_values, is_keyspace, keyspace_expected, misfits};
pub(crate) use version::{ReaperVersion, version_fault};

use super::cassandra::TextOrNumber;
use super::pod::ResourceTable;
use super::{Authenticator, Resources, Spec};

/// The default requests of Reaper: it was seen to use 25 seconds of a CPU to start, and then little.
pub(crate) const REAPER_REQUESTS: ResourceTable = &[("cpu", "100m"), ("memory", "512Mi")];
/// The default limits of Reaper. Its CPU is not limited: with little of it, it takes minutes to start.
pub(crate) const REAPER_LIMITS: ResourceTable = &[("memory", "768Mi")];
/// The default heap of Reaper, in mebibytes.
pub(crate) const REAPER_HEAP: u64 = 256;
/// What Reaper's process was seen to need beside a heap of 256 MiB, rounded up, in mebibytes.
pub(crate) const BESIDE_REAPER_HEAP: u64 = 192;
/// The default keyspace of Reaper.
pub(crate) const REAPER_KEYSPACE: &str = "reaper_db";

/// Repairs that run again and again.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Repair {
    /// Reaper for Apache Cassandra, which repairs the ring on schedules. Needs `steps`. Without it, repairs are yours: an operation
    /// of kind `repair` runs once.
    pub reaper: Option<Reaper>,
}

/// Reaper for Apache Cassandra: where it runs, and what it repairs when (docs/reaper.md).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Reaper {
    /// Where it runs. Defaults to `sidecar`. In a deployed cluster `sidecar` restarts the pods once, and `deployment` restarts none.
    #[serde(default)]
    pub mode: ReaperMode,
    /// The version of Reaper, such as `"5.0.1"`. Defaults to that of the generation of defaults (`spec.revision`): 5.0.1, or 3.8.0 with
    /// the tables in Cassandra 3.11.
    pub version: Option<String>,
    /// The image, with a tag or a digest. Defaults to the published image of the version. Example:
    /// `registry.example.com/cassandra-reaper:5.0.1`.
    pub image: Option<String>,
    /// Where it keeps what it knows. Defaults to `cassandra`.
    #[serde(default)]
    pub storage: ReaperStorage,
    /// The volume of `storage: memory`.
    pub volume: Option<ReaperVolume>,
    /// The keyspace of its tables. Defaults to `reaper_db`. A second Reaper for the same ring needs another one.
    pub keyspace: Option<String>,
    /// Requests and limits of Reaper. Default: requests 100m CPU and 512Mi memory, limit 768Mi memory.
    #[serde(default)]
    pub resources: Resources,
    /// The heap of its JVM, such as `512Mi`. Defaults to `256Mi`. The memory limit must be at least 192Mi more.
    #[schemars(with = "Option<TextOrNumber>")]
    pub heap: Option<String>,
    /// The Secrets.
    #[serde(default)]
    pub auth: ReaperAuth,
    /// Whether Reaper itself makes a schedule for every keyspace that no schedule here is for. Defaults to `false`. In mode `sidecar`, a
    /// schedule for another keyspace then restarts the pods.
    #[serde(default)]
    pub auto_schedule: bool,
    /// What is repaired when. Schedules that others made are left alone.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
}

impl Reaper {
    /// Whether it has a role in Cassandra: it keeps its tables there, and is asked who it is.
    pub(crate) fn has_role(&self, authenticator: Authenticator) -> bool {
        self.storage == ReaperStorage::Cassandra && authenticator == Authenticator::Password
    }

    /// Whether the Management API asks it for a certificate: sidecars do not call it.
    pub(crate) fn shows_certificate(&self, spec: &Spec) -> bool {
        self.mode == ReaperMode::Deployment && spec.has_management_certificates()
    }
}

/// Where Reaper keeps what it knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReaperStorage {
    /// In a keyspace of the ring that it repairs. Default.
    #[default]
    Cassandra,
    /// In its memory and on a volume of its own; with `mode: deployment` and one Kubernetes cluster.
    Memory,
}

/// The volume of a Reaper that keeps what it knows itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ReaperVolume {
    /// The StorageClass. Defaults to the default class of the Kubernetes cluster. It cannot change once deployed.
    pub class: Option<String>,
    /// The size, such as `5Gi`. It can only grow, where the StorageClass allows expansion.
    #[schemars(with = "TextOrNumber")]
    pub size: String,
}

/// The Secrets of Reaper. Each has the keys `username` and `password`; what is made where it is missing stays as it is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ReaperAuth {
    /// The Secret of the user of the web and REST interface, with letters and digits only. Defaults to `<metadata.name>-reaper-ui`.
    pub ui_secret: Option<String>,
    /// Whether that Secret is created where it is missing, with a random password. Defaults to `true` without `uiSecret`, and to `false`
    /// with it.
    pub generate: Option<bool>,
    /// The Secret of Reaper's role in Cassandra, with letters and digits only. Defaults to `<metadata.name>-reaper`, which is created
    /// where it is missing. In a ring in several Kubernetes clusters write it, and create it in each of them with the same password.
    /// Not read where Reaper has no role: with `storage: memory`, and with `authenticator: AllowAll`.
    pub role_secret: Option<String>,
    /// The Secret with `keystore.jks` and `truststore.jks`, both with the password `changeit`, for the Management API. Read with
    /// `mode: deployment` and `managementApi.tls` alone.
    pub keystores_secret: Option<String>,
}

impl ReaperAuth {
    /// Whether the Secret of the user is made where it is missing.
    pub(crate) fn generates(&self) -> bool {
        self.generate.unwrap_or(self.ui_secret.is_none())
    }
}
