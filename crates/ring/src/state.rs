//! The keys of the ConfigMap `<cluster>-state`, in which a cluster remembers what happened to its ring. The gate of a
//! starting pod reads them (`templates/scripts/gate*.sh`); the program in the cluster writes them.

/// What is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `true` once the ring was founded: no empty volume founds another.
    Founded,
    /// `true` for a pod whose node was a member before cassc came, so that no marker stands in its volume.
    Bootstrapped,
    /// The host id of a pod's node: an empty volume of that pod was lost, and does not simply join.
    HostId,
    /// The address of the dead node that a pod replaces.
    Replace,
    /// The host id of the node that left the ring from a pod, until its claims are gone.
    Left,
}

impl Key {
    /// The keys that the gate reads.
    pub const OF_GATE: [Self; 4] = [Self::Founded, Self::Bootstrapped, Self::HostId, Self::Replace];

    /// The key in the ConfigMap, for a pod where it speaks about one.
    pub fn of(self, pod: &str) -> String {
        match self {
            Self::Founded => "founded".to_owned(),
            Self::Bootstrapped => format!("bootstrapped.{pod}"),
            Self::HostId => format!("host-id.{pod}"),
            Self::Replace => format!("replace.{pod}"),
            Self::Left => format!("left.{pod}"),
        }
    }
}

/// The key with everything else that the program in the cluster remembers, as JSON.
pub const SETTLE: &str = "settle.json";
