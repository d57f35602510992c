//! What must hold before something is done, one value each: so the simulation can take them away one by one and must find what
//! goes wrong without them; tests/nodes takes some away in front of a real Cassandra. The program itself always has [`Guards::ALL`].

/// A condition of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Guard {
    /// One process at a time acts: the Lease is held.
    Lease,
    /// The Lease was renewed so recently that nobody else can have it when the call arrives.
    Fence,
    /// What was decided is decided once more on a second look before it is done.
    Recheck,
    /// A job is remembered before it is asked for.
    IntentFirst,
    /// The state is written only over the version that was read.
    StateVersion,
    /// Objects are changed only with the UID, and StatefulSets only with the version, that was judged.
    Precondition,
    /// Every node of the ring is up and NORMAL before the ring changes.
    RingWhole,
    /// No node joins, leaves or moves before another one does.
    OneAtATime,
    /// All nodes agree on the schema before the ring changes.
    SchemaAgrees,
    /// No keyspace has more replicas in a datacenter than nodes are left.
    ReplicationFits,
    /// No keyspace has replicas in a datacenter that loses its last node.
    NothingReplicated,
    /// The nodes that stay have room for the data.
    SpaceSuffices,
    /// A StatefulSet gets fewer replicas only when the node of its last pod is LEFT for everyone who answers.
    LeftBeforeLower,
    /// … and when the job of the decommission has ended without an error.
    JobEnded,
    /// … or, when the job is lost, when the node has been LEFT for a minute.
    LeftForAMinute,
    /// Replicas are lowered by one.
    OneReplica,
    /// What nobody says is not known: an empty answer or a node that nobody lists is not a node that left.
    UnknownIsNotAbsent,
    /// A node is known by its host id, not by its address.
    ByHostId,
    /// A decommission that failed half-way is not tried again by itself.
    FailedOnce,
    /// No claim of a member is deleted.
    NodeHasLeft,
    /// No claim that a pod mounts is deleted.
    ClaimUnmounted,
    /// A pod whose node left starts with new claims.
    ClaimCleared,
    /// A pod with an empty volume whose node is still a member stops everything but its replacement.
    VolumeLost,
    /// Every other node is up and NORMAL before a pod is evicted.
    OthersUp,
    /// A pod is behind only by a revision of the StatefulSet's newest generation.
    RevisionObserved,
    /// Nothing is done before the StatefulSets are as the desired ring says.
    TemplateApplied,
    /// The versions that run allow the new one.
    LiveVersions,
    /// No schema change, and no change of the ring, while versions are mixed.
    VersionsAgree,
    /// Cleanup runs only while nobody joins, leaves or moves.
    CleanupAlone,
    /// Nobody joins or leaves while a cleanup runs.
    NoCleanupRuns,
    /// System keyspaces are given more replicas only while every node is up.
    RaiseWhole,
    /// Replicas in datacenters of others stay as they are.
    ForeignKept,
    /// A new datacenter copies data only when every keyspace is replicated to it.
    ReplicatedFirst,
    /// … and from a datacenter that has the data.
    SourceHasData,
    /// Nothing is done to a ring with a node of another cluster in it.
    ForeignNodes,
    /// A new node joins only when the one before it is a member.
    OneJoins,
    /// Tables are rewritten only when every node runs the new version.
    TablesLast,
    /// A job whose fate is unknown is not started again beside itself.
    NotTwice,
    /// An operation of an id runs once, with the content that it began with.
    OneContent,
    /// Only a node that nobody lists as alive is replaced or removed.
    NodeIsDead,
    /// Only the claims that the lost node had are deleted, not those of the one that replaces it.
    LostClaims,
    /// A pod is deleted at once only when its kubelet did not end it long after its grace period.
    KubeletGone,
}

impl Guard {
    /// All of them, in their order.
    pub const EVERY: [Self; 42] = [
        Self::Lease,
        Self::Fence,
        Self::Recheck,
        Self::IntentFirst,
        Self::StateVersion,
        Self::Precondition,
        Self::RingWhole,
        Self::OneAtATime,
        Self::SchemaAgrees,
        Self::ReplicationFits,
        Self::NothingReplicated,
        Self::SpaceSuffices,
        Self::LeftBeforeLower,
        Self::JobEnded,
        Self::LeftForAMinute,
        Self::OneReplica,
        Self::UnknownIsNotAbsent,
        Self::ByHostId,
        Self::FailedOnce,
        Self::NodeHasLeft,
        Self::ClaimUnmounted,
        Self::ClaimCleared,
        Self::VolumeLost,
        Self::OthersUp,
        Self::RevisionObserved,
        Self::TemplateApplied,
        Self::LiveVersions,
        Self::VersionsAgree,
        Self::CleanupAlone,
        Self::NoCleanupRuns,
        Self::RaiseWhole,
        Self::ForeignKept,
        Self::ReplicatedFirst,
        Self::SourceHasData,
        Self::ForeignNodes,
        Self::OneJoins,
        Self::TablesLast,
        Self::NotTwice,
        Self::OneContent,
        Self::NodeIsDead,
        Self::LostClaims,
        Self::KubeletGone,
    ];

    /// The guard with that name, as it is written here.
    pub fn named(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|guard| format!("{guard:?}") == name)
    }
}

/// Guards that hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards(u64);

impl Guards {
    /// All of them.
    pub const ALL: Self = Self(u64::MAX);

    /// All but one, for the simulation.
    pub const fn without(guard: Guard) -> Self {
        Self(u64::MAX ^ (1 << guard as u8))
    }

    /// All but several, for tests: guards that each do what the others would.
    pub const fn without_all(guards: &[Guard]) -> Self {
        let (mut held, mut position) = (u64::MAX, 0);
        while position < guards.len() {
            held &= !(1 << guards[position] as u8);
            position += 1;
        }
        Self(held)
    }

    /// Whether nobody asks for a guard.
    pub const fn is_off(self, guard: Guard) -> bool {
        self.0 & (1 << guard as u8) == 0
    }

    /// Whether a condition holds, or nobody asks for it.
    pub fn hold(self, guard: Guard, condition: impl FnOnce() -> bool) -> bool {
        self.is_off(guard) || condition()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guard_is_listed_once() {
        assert!(Guard::EVERY.iter().enumerate().all(|(position, guard)| *guard as usize == position));
        assert_eq!(Guard::EVERY.len(), Guard::KubeletGone as usize + 1, "a new one stands at the end of the list, too");
    }

    #[test]
    fn a_guard_has_a_name() {
        assert!(Guard::EVERY.into_iter().all(|guard| Guard::named(&format!("{guard:?}")) == Some(guard)));
        assert_eq!(Guard::named("LeftBeforeLower"), Some(Guard::LeftBeforeLower));
        assert_eq!(Guard::named("leftbeforelower"), None);
    }

    #[test]
    fn a_guard_is_asked_for_unless_it_is_taken_away() {
        assert!(!Guards::ALL.hold(Guard::NotTwice, || false) && Guards::ALL.hold(Guard::NotTwice, || true));
        let without = Guards::without(Guard::Lease);
        assert!(without.hold(Guard::Lease, || false) && !without.hold(Guard::Fence, || false));
        let without = Guards::without_all(&[Guard::Lease, Guard::NotTwice]);
        let off: Vec<Guard> = Guard::EVERY.into_iter().filter(|guard| without.is_off(*guard)).collect();
        assert_eq!(off, [Guard::Lease, Guard::NotTwice]);
    }
}
