//! Something that a person asks for once: `spec.operations` of the topology. The program in the cluster runs each id once and
//! remembers it.

use serde::{Deserialize, Serialize};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum OperationKind {
    /// `nodetool cleanup`.
    Cleanup,
    /// `nodetool repair -full -pr` on every node of every datacenter of the keyspaces.
    Repair,
    /// `nodetool rebuild`: copies the data of another datacenter.
    Rebuild,
    /// Pods restart.
    Restart,
    /// A node whose volume is lost, or whose worker is gone, is replaced by a new one in the same pod.
    ReplaceNode,
    /// `nodetool removenode`: a member whose pod will not come back is taken out of the ring.
    RemoveNode,
    /// `nodetool upgradesstables`.
    #[serde(rename = "upgradeSSTables")]
    UpgradeSsTables,
    /// `nodetool scrub`.
    Scrub,
    /// `nodetool compact`.
    Compact,
    /// `nodetool flush`.
    Flush,
    /// `nodetool garbagecollect`.
    GarbageCollect,
    /// `nodetool snapshot`.
    Snapshot,
    /// `nodetool move`: only with one token per node.
    Move,
    /// `nodetool drain`: the node takes no more requests until its pod restarts.
    Drain,
}

impl OperationKind {
    /// All of them, in the order of the documentation.
    pub const EVERY: [Self; 14] = [
        Self::Cleanup,
        Self::Repair,
        Self::Rebuild,
        Self::Restart,
        Self::ReplaceNode,
        Self::RemoveNode,
        Self::UpgradeSsTables,
        Self::Scrub,
        Self::Compact,
        Self::Flush,
        Self::GarbageCollect,
        Self::Snapshot,
        Self::Move,
        Self::Drain,
    ];

    /// What it is called in a topology.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cleanup => "cleanup",
            Self::Repair => "repair",
            Self::Rebuild => "rebuild",
            Self::Restart => "restart",
            Self::ReplaceNode => "replaceNode",
            Self::RemoveNode => "removeNode",
            Self::UpgradeSsTables => "upgradeSSTables",
            Self::Scrub => "scrub",
            Self::Compact => "compact",
            Self::Flush => "flush",
            Self::GarbageCollect => "garbageCollect",
            Self::Snapshot => "snapshot",
            Self::Move => "move",
            Self::Drain => "drain",
        }
    }

    /// Whether it makes a ring whole again that is not: it does not wait for operations that stand before it.
    pub const fn is_cure(self) -> bool {
        matches!(self, Self::ReplaceNode | Self::RemoveNode)
    }
}

/// An operation as it is declared. Which fields go with which kind is checked by the compiler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operation {
    /// Its id: it runs once, and with another content it is refused.
    pub id: String,
    /// What is done.
    pub kind: OperationKind,
    /// Only the nodes of this datacenter, by its name in Kubernetes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datacenter: Option<String>,
    /// Only the nodes of this rack, as Cassandra calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack: Option<String>,
    /// Only these pods, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<String>,
    /// The keyspaces; empty means all that are not local to a node (for a repair: all but those that Cassandra keeps for itself
    /// and that every node has).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keyspaces: Vec<String>,
    /// The tables of the one keyspace; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
    /// Of `rebuild`: the datacenter to copy from, as Cassandra calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Of `move`: the new token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Of `snapshot`: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// Of `removeNode`: the host id of the node, where no pod was ever seen with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// How many nodes work at the same time, at most one per rack. Absent means 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// Whether nothing of it begins for now. What a node has begun goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspend: bool,
    /// Any text; another one tries again the nodes that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<String>,
}

impl Operation {
    /// What makes it this operation: everything but its id and what steers it (`concurrency`, `suspend`, `retry`). Two operations of
    /// one id must have the same.
    pub fn content(&self) -> Self {
        Self { id: String::new(), concurrency: None, suspend: false, retry: None, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_called_as_it_is_written() {
        for kind in OperationKind::EVERY {
            assert_eq!(serde_json::to_value(kind).expect("a kind is JSON"), kind.name());
        }
    }

    #[test]
    fn what_steers_an_operation_is_no_part_of_its_content() {
        let text = r#"{"id":"a","kind":"cleanup","keyspaces":["shop"]}"#;
        let plain: Operation = serde_json::from_str(text).expect("an operation");
        let steered =
            Operation { id: "b".into(), concurrency: Some(3), suspend: true, retry: Some("2".into()), ..plain.clone() };
        assert_eq!(plain.content(), steered.content());
        assert_ne!(plain.content(), Operation { keyspaces: Vec::new(), ..plain.clone() }.content());
        assert_eq!(serde_json::to_string(&plain).expect("an operation is JSON"), text);
    }
}
