//! The ring as the topology asks for it: all datacenters, in all Kubernetes clusters. The compiler writes it to `ring.json`
//! in the ConfigMap `<cluster>-desired-ring`; the program in the cluster reads it there.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::names;
use crate::operation::Operation;
use crate::order::datacenter_order;
use crate::reaper::Reaper;
use crate::release::Release;

/// The version of `ring.json` that this crate reads and writes.
pub const FORMAT: u32 = 1;

/// A Cassandra ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ring {
    /// The version of the format. Reading refuses any other than [`FORMAT`].
    pub format: Format,
    /// Cassandra's `cluster_name`.
    pub cluster_name: String,
    /// The version of Cassandra.
    pub version: Release,
    /// Replicas per datacenter of Cassandra's own distributed keyspaces; a datacenter with fewer nodes has as many
    /// replicas as nodes.
    pub system_replication: u32,
    /// The Secret of the first role.
    pub superuser_secret: String,
    /// How pods are restarted.
    pub rollout: Rollout,
    /// What the program in the cluster does; absent where it does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
    /// The datacenters, the founding one first.
    pub datacenters: Vec<Datacenter>,
}

/// What the program in the cluster does, beyond what the numbers of nodes say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Steps {
    /// Whether nodes that others took ranges from run cleanup by themselves.
    pub cleanup: Cleanup,
    /// Whether every node is stopped: no pods, and all claims stay.
    #[serde(default)]
    pub stopped: bool,
    /// Whether the Secret of the superuser is made where it is missing.
    #[serde(default)]
    pub generates_superuser: bool,
    /// The roles beside the superuser.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// What is done once, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
    /// Reaper, where it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaper: Option<Reaper>,
}

/// What is done after growth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Cleanup {
    /// Nodes drop the data whose ranges moved to new nodes, one per rack at a time. Default.
    #[default]
    Auto,
    /// Nobody does; the disks keep it.
    Manual,
}

/// A role of Cassandra.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether it is a superuser.
    pub superuser: bool,
    /// Whether it may log in.
    pub login: bool,
    /// The Secret with its `username` and `password`.
    pub secret: String,
    /// Whether that Secret is made where it is missing.
    pub generated: bool,
}

/// What happens to the claims of a node that left the ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum WhenNodesLeave {
    /// They are deleted, and the volumes as their StorageClass says.
    Delete,
    /// They stay until the pod joins again as a new node. Default.
    #[default]
    Retain,
}

/// The version of `ring.json`: only [`FORMAT`] can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Format;

/// How pods are restarted; none of it is in a pod template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    /// How many pods restart before the rolling restart waits for `canary` to be removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_pods: Option<u32>,
    /// Whether nothing restarts for now.
    pub stopped: bool,
    /// The token that has failed steps run again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<String>,
}

/// A datacenter of a ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Datacenter {
    /// The name in Kubernetes.
    pub name: String,
    /// The name in Cassandra.
    pub ring_name: String,
    /// The Kubernetes cluster that it runs in; `None` is the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kube_cluster: Option<String>,
    /// The namespace of its pods; `None` leaves it to the delivery tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The datacenter that a new one copies its data from, as Cassandra calls it; else the first that has nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild_from: Option<String>,
    /// The racks.
    pub racks: Vec<Rack>,
}

/// A rack of a datacenter: one StatefulSet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rack {
    /// The name in Cassandra.
    pub ring_name: String,
    /// The name of the StatefulSet.
    pub stateful_set: String,
    /// Cassandra nodes, one pod each.
    pub nodes: u32,
    /// The size that PVCs of the data volume are expanded to, where that is not the size they are created with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expand_to: Option<String>,
    /// The digest of the pod template, which the StatefulSet carries as an annotation; with [`Ring::steps`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// What happens to the claims of nodes that leave; with [`Ring::steps`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_nodes_leave: Option<WhenNodesLeave>,
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FORMAT.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            found if found == u64::from(FORMAT) => Ok(Self),
            found => {
                Err(D::Error::custom(format!("format {found} of the desired ring is not supported, only {FORMAT}")))
            }
        }
    }
}

impl Ring {
    /// A datacenter by its name in Kubernetes.
    pub fn datacenter(&self, name: &str) -> Option<&Datacenter> {
        self.datacenters.iter().find(|datacenter| datacenter.name == name)
    }

    /// Replicas of Cassandra's own distributed keyspaces by datacenter, as Cassandra calls it, in the order of the
    /// datacenters: never more than a datacenter has nodes, and none in one without nodes.
    pub fn system_replicas(&self) -> impl Iterator<Item = (&str, u32)> {
        let with_nodes = self.datacenters.iter().filter(|datacenter| datacenter.nodes() > 0);
        with_nodes.map(|it| (it.ring_name.as_str(), self.system_replication.min(it.nodes())))
    }
}

impl Datacenter {
    /// The number of its nodes.
    pub fn nodes(&self) -> u32 {
        self.racks.iter().fold(0, |sum, rack| sum.saturating_add(rack.nodes))
    }

    /// Its pods in the order in which they start for the first time ([`crate::order`]).
    pub fn pods_in_start_order(&self) -> Vec<String> {
        let nodes: Vec<u32> = self.racks.iter().map(|rack| rack.nodes).collect();
        let name = |pod: crate::order::Pod| names::pod(&self.racks[pod.rack].stateful_set, pod.ordinal);
        datacenter_order(&nodes).into_iter().map(name).collect()
    }

    /// The rack that is the same as one of another version of this datacenter: the one with its StatefulSet, else the
    /// one with its name in Cassandra (the cluster got another name in Kubernetes). The result is a position.
    pub fn same_rack(&self, rack: &Rack) -> Option<usize> {
        let has = |is: &dyn Fn(&Rack) -> bool| self.racks.iter().position(is);
        has(&|it| it.stateful_set == rack.stateful_set).or_else(|| has(&|it| it.ring_name == rack.ring_name))
    }
}

/// Rings for the tests of other modules.
#[cfg(test)]
pub(crate) mod fixtures {
    use super::{Datacenter, Format, Rack, Ring, Rollout};

    /// A datacenter of racks with these numbers of nodes: `r1`, `r2`, …
    pub(crate) fn datacenter(name: &str, racks: &[u32]) -> Datacenter {
        let rack = |(nodes, number): (&u32, usize)| Rack {
            ring_name: format!("r{number}"),
            stateful_set: format!("shop-{name}-r{number}-sts"),
            nodes: *nodes,
            expand_to: None,
            template: None,
            when_nodes_leave: None,
        };
        Datacenter {
            name: name.to_owned(),
            ring_name: name.to_owned(),
            kube_cluster: None,
            namespace: None,
            rebuild_from: None,
            racks: racks.iter().zip(1..).map(rack).collect(),
        }
    }

    /// A ring of datacenters `dc1`, `dc2`, … with these racks, on 4.1.9 with three system replicas.
    pub(crate) fn ring(datacenters: &[&[u32]]) -> Ring {
        let named = datacenters.iter().zip(1..).map(|(racks, number)| datacenter(&format!("dc{number}"), racks));
        Ring {
            format: Format,
            cluster_name: "shop".to_owned(),
            version: "4.1.9".parse().expect("a version"),
            system_replication: 3,
            superuser_secret: "shop-superuser".to_owned(),
            rollout: Rollout::default(),
            steps: None,
            datacenters: named.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::{datacenter, ring};
    use super::*;

    #[test]
    fn what_is_written_is_read_and_another_format_is_not() {
        let ring = ring(&[&[2, 1], &[0]]);
        let text = serde_json::to_string(&ring).expect("a ring is JSON");
        assert_eq!(serde_json::from_str::<Ring>(&text).expect("it was just written"), ring);
        let complaint = |text: &str| serde_json::from_str::<Ring>(text).expect_err("it is refused").to_string();
        let newer = complaint(&text.replace("\"format\":1", "\"format\":2"));
        assert!(newer.starts_with("format 2 of the desired ring is not supported, only 1"), "{newer}");
        assert!(complaint(&text.replace("\"nodes\":2", "\"nodes\":-2")).contains("invalid value"));
        assert!(complaint(&text.replace("4.1.9", "4.1")).contains("not a Cassandra version"));
    }

    #[test]
    fn system_keyspaces_have_no_more_replicas_than_nodes() {
        let ring = ring(&[&[2, 2], &[0], &[1]]);
        assert_eq!(ring.system_replicas().collect::<Vec<_>>(), [("dc1", 3), ("dc3", 1)]);
    }

    #[test]
    fn a_rack_is_the_same_by_its_stateful_set_or_its_name_in_cassandra() {
        let before = datacenter("dc1", &[1, 1]);
        let mut after = datacenter("dc1", &[1, 1]);
        after.racks[0].ring_name = "other".to_owned();
        after.racks[1].stateful_set = "store-dc1-r2-sts".to_owned();
        assert_eq!([0, 1].map(|rack| after.same_rack(&before.racks[rack])), [Some(0), Some(1)]);
        after.racks[1].ring_name = "other too".to_owned();
        assert_eq!(after.same_rack(&before.racks[1]), None);
    }
}
