//! The steps of a plan as values: what is done, by whom, and what must hold before it. The plan prints them, the program in the
//! cluster carries out those of its stages.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::operation::Operation;

/// The exit status of the program in the cluster where it refuses to go on: it would refuse again, so its Job ends.
pub const REFUSED: i32 = 1;

/// Who runs a step, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// You, before the change is merged.
    Before,
    /// The delivery tool applies objects that no pod restarts for.
    Base,
    /// Before the StatefulSets are applied; by hand in this version.
    Prepare,
    /// The delivery tool applies the StatefulSets.
    Cluster,
    /// The delivery tool applies the Job of the program in the cluster.
    Steps,
    /// After the StatefulSets were applied; by hand in this version.
    Settle,
    /// You, after the other steps.
    After,
}

/// What must hold before a step, and again before each of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Guard {
    /// No node is down, joins, leaves or moves.
    RingWhole,
    /// No other node is down, joins, leaves or moves.
    OthersUp,
    /// All nodes agree on the schema.
    SchemaAgrees,
    /// Every keyspace has at most as many replicas in the datacenter as nodes are left.
    ReplicationFits,
    /// No keyspace has replicas in the datacenter.
    NothingReplicated,
    /// The nodes that stay have room for the data of the one that leaves.
    SpaceSuffices,
    /// The pods before it in the start order are ready.
    PredecessorsReady,
    /// The disruption budget allows it.
    BudgetAllows,
    /// The StorageClass allows expansion.
    ClassExpands,
    /// Every node runs the new version.
    VersionsAgree,
    /// The node of the claim has left the ring.
    NodeHasLeft,
    /// No node takes the node that the operation names for alive.
    NodeIsDown,
}

impl Guard {
    /// Whether only the ring itself can tell, and nothing that passes by itself is in the way: where it does not hold, the
    /// program in the cluster refuses. For everything else it waits.
    pub fn refuses(self) -> bool {
        matches!(
            self,
            Self::ReplicationFits
                | Self::NothingReplicated
                | Self::SpaceSuffices
                | Self::ClassExpands
                | Self::NodeIsDown
        )
    }
}

impl fmt::Display for Guard {
    /// The end of a sentence that begins with "only while" or "only when".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RingWhole => "every node is UN",
            Self::OthersUp => "every other node is UN",
            Self::SchemaAgrees => "the schema versions agree",
            Self::ReplicationFits => "no keyspace has more replicas there than nodes remain",
            Self::NothingReplicated => "no keyspace has replicas there",
            Self::SpaceSuffices => "the remaining nodes have room for the data",
            Self::PredecessorsReady => "all pods before it in the start order are ready",
            Self::BudgetAllows => "the PodDisruptionBudget allows it",
            Self::ClassExpands => "the StorageClass allows expansion",
            Self::VersionsAgree => "every node runs the new version",
            Self::NodeHasLeft => "the node has left the ring",
            Self::NodeIsDown => "every node sees the lost node as DN",
        })
    }
}

/// What a step does. Pods, StatefulSets and claims are named as in Kubernetes, in the order in which it is done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// Something that cannot be expressed as a manifest and is done by hand.
    Person {
        /// What, and how.
        task: String,
    },
    /// The delivery tool applies objects.
    Apply {
        /// The new ones.
        created: Vec<ObjectName>,
        /// The different ones.
        changed: Vec<ObjectName>,
        /// Those that are no longer rendered and that the delivery tool removes.
        removed: Vec<ObjectName>,
        /// Those that are no longer rendered and stay until they are removed.
        kept: Vec<ObjectName>,
    },
    /// Nodes leave the ring, one at a time; their data streams to the others.
    Decommission {
        /// The datacenter.
        datacenter: String,
        /// Their pods.
        pods: Vec<String>,
        /// How many nodes the datacenter then has.
        nodes_left: u32,
    },
    /// Nodes start for the first time, one at a time, in this order.
    Join {
        /// Their pods.
        pods: Vec<String>,
        /// Whether the first of them founds the ring.
        founds: bool,
        /// How many start orders they belong to, one per Kubernetes cluster: nodes of different ones may start at the
        /// same time.
        start_orders: usize,
    },
    /// The system keyspaces get replicas in the datacenters as they are now.
    ReplicateSystemKeyspaces {
        /// Replicas by datacenter, as Cassandra calls it.
        replicas: BTreeMap<String, u32>,
    },
    /// A new datacenter copies its data from an existing one.
    Rebuild {
        /// The datacenter.
        datacenter: String,
        /// Where the data comes from, as Cassandra calls it.
        from: String,
        /// Its pods, one at a time.
        pods: Vec<String>,
    },
    /// Pods restart, one at a time and rack by rack.
    Roll {
        /// The racks.
        racks: Vec<RackRoll>,
        /// How many pods restart before it waits for `rollout.canary` to be removed.
        #[serde(skip_serializing_if = "Option::is_none")]
        canary_pods: Option<u32>,
        /// Whether nothing restarts until `rollout.stopped` is removed.
        stopped: bool,
    },
    /// The roll continues where it was stopped, or beyond its canary: pods that still run an older template restart.
    Resume {},
    /// Tables are rewritten in the format of the new version, node by node.
    UpgradeTables {
        /// The pods.
        pods: Vec<String>,
    },
    /// Nodes run `nodetool cleanup`, one at a time: some of their ranges moved to new nodes.
    Cleanup {
        /// The pods.
        pods: Vec<String>,
    },
    /// Claims grow in place; no StatefulSet changes.
    ExpandClaims {
        /// The claims.
        claims: Vec<ClaimGrowth>,
    },
    /// The claims of nodes that left are deleted, and their data with them.
    DeleteClaims {
        /// The claims.
        claims: Vec<String>,
    },
    /// Every node is drained and its pod taken away; all claims stay.
    Stop {
        /// The pods.
        pods: Vec<String>,
    },
    /// Every node that was stopped starts again, on its claims.
    Start {
        /// The pods.
        pods: Vec<String>,
    },
    /// The default role is locked, and the superuser and all declared roles are created or changed.
    CreateRoles {
        /// The Secret of the superuser.
        superuser_secret: String,
        /// The declared roles.
        roles: Vec<String>,
    },
    /// A keyspace with more replicas than before is repaired on every node.
    Repair {
        /// The keyspace.
        keyspace: String,
    },
    /// What a person asked for once runs, or is held back.
    Operation {
        /// What becomes of it.
        change: OperationChange,
        /// The operation, with racks and sources as Cassandra calls them.
        operation: Box<Operation>,
        /// The pods of its nodes, as the topology has them now.
        pods: Vec<String>,
    },
}

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OperationChange {
    /// It is new, or another one with the id of one that was suspended.
    Runs,
    /// The nodes on which it failed try again.
    Retries,
    /// It is no longer suspended.
    Resumes,
    /// It is suspended.
    Waits,
}

/// The restart of a rack's pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RackRoll {
    /// The datacenter.
    pub datacenter: String,
    /// The rack.
    pub rack: String,
    /// Its StatefulSet.
    pub stateful_set: String,
    /// The pods that exist and restart; new ones start with the new template.
    pub pods: Vec<String>,
    /// Why, in the words of the topology.
    pub reasons: Vec<String>,
}

/// A claim and what it grows to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ClaimGrowth {
    /// The claim.
    pub claim: String,
    /// Its size.
    pub from: String,
    /// Its new size.
    pub to: String,
}

/// An object of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ObjectName {
    /// The Kubernetes cluster, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kube_cluster: Option<String>,
    /// The namespace, where the topology names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}
