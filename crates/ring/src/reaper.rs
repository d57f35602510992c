//! Reaper, which repairs the ring on a schedule: where it runs, and what it is to repair when. The compiler renders its pods; the
//! program in the cluster makes its Secrets, registers the ring and keeps the schedules as they are declared here.

use serde::{Deserialize, Serialize};

/// The owner of every schedule that the program makes. It touches no schedule of another owner.
pub const OWNER: &str = "cassc";

/// The port of the REST interface and of the web interface, in the pods and of the Service (Cass Operator's; 8080 is the Management
/// API's).
pub const PORT: u16 = 7080;

/// The port of health checks and metrics in the pods. It asks for no login.
pub const ADMIN_PORT: u16 = 7081;

/// Whole and parts of an intensity: 0.9 is 9000. Reaper answers with widened single-precision numbers (0.8999999761581421), which are
/// the same when rounded to this.
pub const WHOLE_INTENSITY: u32 = 10_000;

/// Reaper, as it is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reaper {
    /// Where it runs.
    pub mode: ReaperMode,
    /// The keyspace with its tables; `None` keeps what it knows on a volume of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyspace: Option<String>,
    /// The Secret with `username` and `password` of its web and REST interface.
    pub ui_secret: String,
    /// Whether that Secret is made where it is missing.
    pub generates_ui_secret: bool,
    /// The Secret whose `password` signs the tokens of the REST interface. Made where it is missing.
    pub token_secret: String,
    /// The Secret with `username` and `password` of its role in Cassandra; `None` without a keyspace, and where Cassandra asks nobody
    /// who he is. Made where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_secret: Option<String>,
    /// The Service with the REST interface, port [`PORT`], in the home namespace of the program.
    pub service: String,
    /// The host that the ring is registered with; `None` for sidecars, which register it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_host: Option<String>,
    /// The Kubernetes cluster whose program keeps the schedules: one alone writes. `None` is the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_by: Option<String>,
    /// What is repaired when. Schedules of other owners are left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
}

/// Where Reaper runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ReaperMode {
    /// In every Cassandra pod; JMX stays on the loopback interface. Default.
    #[default]
    Sidecar,
    /// In a pod of its own, which speaks to the Management API of every node. No Cassandra pod changes.
    Deployment,
}

/// One schedule, with every value that Reaper would choose itself written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schedule {
    /// The keyspace.
    pub keyspace: String,
    /// Only these tables, sorted; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
    /// All tables but these, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude_tables: Vec<String>,
    /// Only these datacenters, sorted, as Cassandra calls them; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datacenters: Vec<String>,
    /// Days from one run to the next, 1 to 31.
    pub every_days: u32,
    /// The part of the time that is repaired in, of [`WHOLE_INTENSITY`]; at least 1.
    pub intensity: u32,
    /// Which nodes repair at the same time.
    pub parallelism: Parallelism,
    /// Segments per node, 1 to 1000.
    pub segments_per_node: u32,
    /// Threads of a node that repair, 1 to 4.
    pub threads: u32,
    /// Minutes after which a segment is given up and tried again.
    pub timeout_minutes: u32,
    /// Which data is repaired.
    pub scope: Scope,
    /// Whether Reaper may change segments and timeout after runs that were too slow.
    pub adaptive: bool,
    /// Of incremental repairs: a run also begins when so many per cent are not repaired, 1 to 99; `None`: by time alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_unrepaired: Option<u32>,
    /// When it runs first, RFC 3339 in UTC; `None`: at the next midnight UTC. Of no meaning once the schedule exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_run: Option<String>,
    /// Whether it does not run for now.
    #[serde(default)]
    pub paused: bool,
}

impl Schedule {
    /// All tables of a keyspace, with the values that a schedule has where the topology says nothing.
    pub fn of(keyspace: &str) -> Self {
        Self {
            keyspace: keyspace.to_owned(),
            tables: Vec::new(),
            exclude_tables: Vec::new(),
            datacenters: Vec::new(),
            every_days: 7,
            intensity: 9000,
            parallelism: Parallelism::default(),
            segments_per_node: 64,
            threads: 1,
            timeout_minutes: 30,
            scope: Scope::default(),
            adaptive: false,
            percent_unrepaired: None,
            first_run: None,
            paused: false,
        }
    }
}

/// Which nodes repair at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Parallelism {
    /// One replica after the other.
    Sequential,
    /// All replicas of a range. Incremental repairs need it.
    Parallel,
    /// One replica per datacenter. Default, but not of incremental repairs.
    #[default]
    DatacenterAware,
}

impl Parallelism {
    /// As Reaper writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sequential => "SEQUENTIAL",
            Self::Parallel => "PARALLEL",
            Self::DatacenterAware => "DATACENTER_AWARE",
        }
    }
}

/// Which data a repair compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// All of it. Default.
    #[default]
    Full,
    /// What was not repaired before.
    Incremental,
    /// What was not repaired before, segment by segment; Cassandra 4.0 and later.
    SubrangeIncremental,
}

/// The name under which Reaper keeps a ring: lower case, without what is no letter, digit, `_`, `-` or `.` (its
/// `Cluster.toSymbolicName`).
pub fn symbolic_name(cluster_name: &str) -> String {
    let allowed = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
    cluster_name.to_lowercase().chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected values are those of Reaper's `ClusterTest`.
    #[test]
    fn a_ring_has_the_name_that_reaper_gives_it() {
        assert_eq!(symbolic_name("Example2 Cluster"), "example2cluster");
        assert_eq!(symbolic_name("Example2_Cluster"), "example2_cluster");
        assert_eq!(symbolic_name("Shop-1.eu"), "shop-1.eu");
    }
}
