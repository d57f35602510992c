//! Operations: what is asked for once; which field goes with which kind ([`Takes`]), and which values it may have.

mod fields;
mod values;

use cassc_ring::operation::{self, OperationKind};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use fields::misfits;
pub use fields::{Field, Takes};
pub(crate) use values::{LOCAL, MOST_OPERATIONS, VIRTUAL, bad_name, bad_token, bad_values};

/// Something that is done once, in the order of the list, each when the ring is as declared otherwise. What ran may be removed.
/// docs/operations.md has what each kind does, and which fields it takes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Operation {
    /// A name of your choice that no other operation ever had, such as `cleanup-2026-03`: lower-case letters, digits and `-`. Each
    /// id runs once.
    pub id: String,
    /// What is done.
    pub kind: OperationKind,
    /// Only the nodes of this datacenter, by its `name`. By default, the nodes of all datacenters.
    pub datacenter: Option<String>,
    /// Only the nodes of this rack, by its `name`. Needs `datacenter` where there are several.
    pub rack: Option<String>,
    /// Only these pods, in this order, such as `[shop-dc1-r1-sts-0]`. Instead of `datacenter` and `rack`.
    #[serde(default)]
    pub pods: Vec<String>,
    /// The keyspaces. By default all; for `cleanup` and `repair`, all that have replicas on several nodes.
    #[serde(default)]
    pub keyspaces: Vec<String>,
    /// The tables of the one keyspace in `keyspaces`. By default all.
    #[serde(default)]
    pub tables: Vec<String>,
    /// For `rebuild`: the datacenter to copy the data from, by its `name`. With `additionalSeeds` it may be a datacenter that runs
    /// elsewhere: then its name in Cassandra.
    pub from: Option<String>,
    /// For `move`: the new token of the node.
    pub token: Option<String>,
    /// For `snapshot`: its name.
    pub snapshot: Option<String>,
    /// For `removeNode`, instead of `pods`: the host ID of a node that no pod is known to have had.
    pub host_id: Option<String>,
    /// How many nodes do it at the same time, at most one per rack. Defaults to 1.
    pub concurrency: Option<u32>,
    /// Whether nothing of it starts for now. What a node has started is finished. Defaults to `false`.
    #[serde(default)]
    pub suspend: bool,
    /// Any text. A new text tries again the nodes on which it failed.
    pub retry: Option<String>,
}

impl Operation {
    /// The same in the form of the ring, with the names of the topology.
    pub(crate) fn as_written(&self) -> operation::Operation {
        operation::Operation {
            id: self.id.clone(),
            kind: self.kind,
            datacenter: self.datacenter.clone(),
            rack: self.rack.clone(),
            pods: self.pods.clone(),
            keyspaces: self.keyspaces.clone(),
            tables: self.tables.clone(),
            from: self.from.clone(),
            token: self.token.clone(),
            snapshot: self.snapshot.clone(),
            host_id: self.host_id.clone(),
            concurrency: self.concurrency,
            suspend: self.suspend,
            retry: self.retry.clone(),
        }
    }
}
