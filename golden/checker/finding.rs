//! What can be wrong with a plan: one name for each promise that a plan makes, with the promise as a sentence.

use std::fmt;

/// One broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Which promise.
    pub(crate) kind: Kind,
    /// What breaks it.
    pub(crate) what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {} ({})", self.kind, self.what, self.kind.promise())
    }
}

macro_rules! kinds {
    ($($kind:ident: $promise:literal,)*) => {
        /// The promises.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind {
            $(#[doc = $promise] $kind,)*
        }

        impl Kind {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The promise.
            pub(crate) fn promise(self) -> &'static str {
                match self {
                    $(Self::$kind => $promise,)*
                }
            }
        }
    };
}

kinds! {
    VerdictMisjudged: "the verdict is what the objects of both sides say",
    StepsForNothing: "where every object is as it is deployed there are no steps",
    StepAfterDeletion: "a topology that is gone only retires objects: nothing leaves, restarts or loses its claim",
    WrongCounts: "the counts and the first line are what the steps do",
    UnknownName: "only what one of both sides has is named",
    WrongStage: "every step runs where it can",
    WrongDoer: "every step is done by who can do it",
    MissingGuard: "every step has the guards that it needs",
    PersonNotTold: "what only a person can do is said before the step that needs it",
    ObjectMissing: "every object that is different is applied or retired",
    ObjectUnchanged: "no object is named that is the same on both sides",
    ObjectTwice: "every object is named once",
    ObjectMisjudged: "new, different and retired objects are called so",
    RemovedAgainstItsMark: "nothing is said to be removed that its delivery tool leaves alone",
    ApplyOrder: "what pods refer to is applied before them, and removed after",
    LeavesThoughItStays: "only nodes leave that the topology no longer asks for",
    NotTheLastOfItsRack: "a node that leaves is the highest ordinal of its rack at that moment",
    GoneBeforeItLeft: "no pod is taken away before its node left the ring",
    NodesLeftMisjudged: "the number of nodes that are left is right",
    TwoChangesAtOnce: "nothing joins before everything left, and nothing leaves while something joins",
    NotStarting: "a node joins once, after its pod was made",
    JoinOrder: "nodes join in the start order, in one list, or those of new StatefulSets before those that the Job makes",
    WrongFounder: "a ring is founded where the rendered start order lets its first pod do so, and only once",
    BelowReplication: "a datacenter never has fewer nodes than the system keyspaces have replicas there",
    StillReplicated: "before the first node of a datacenter that goes leaves, the system keyspaces have no replicas there",
    TooManyReplicas: "replicas are only brought where there are nodes for them",
    ReplicasUnchanged: "replicas are altered where they are others than before",
    RebuildWithoutReplicas: "a datacenter is rebuilt after it got replicas",
    RebuildFromNowhere: "data is copied from a datacenter that had it and keeps it",
    RebuildMisjudged: "every new datacenter of a ring is rebuilt, once and with every node",
    CleanupMisjudged: "the nodes that were there before clean up where others joined, after those joined",
    TablesMisjudged: "all nodes rewrite their tables after the restart into another release line, and only then",
    RestartsTwice: "no pod restarts twice",
    RestartsNobody: "every pod that restarts exists at that moment",
    RestartsNewPod: "a pod that is new starts with its template and does not restart",
    RestartsUnchanged: "no pod restarts whose template is the same",
    RestartMissing: "every pod restarts that stays and has another template",
    RestartsBeforeApplied: "a pod restarts after its StatefulSet got the new template",
    RestartsWhileRingChanges: "while a pod restarts no other node is missing, joining or leaving",
    RollOrder: "restarts go rack by rack in the order of the topology, the highest ordinal first",
    RolloutReadError: "canary and stop are those of the topology",
    ReasonMisjudged: "every restart has a reason, which is one of the changes",
    ResumeMisjudged: "a roll that was held goes on when that is taken away, unless this change rolls anyway",
    ClaimBeforeNodeLeft: "no claim is deleted before its node left and its pod is gone",
    ClaimOfStayingNode: "no claim of a node that stays is deleted",
    ClaimLeftBehind: "every claim of a node that left is deleted",
    ClaimKept: "no claim is deleted that the topology keeps",
    StopMisjudged: "all nodes stop, or start again, where that is asked for, and nothing else does",
    RolesMisjudged: "where the Job can, it creates the roles that are new or others, once",
    OperationMisjudged: "each operation that runs, goes on, tries again or waits is named once, cures first",
    RepairMisjudged: "where the Job can, it repairs what got more replicas, once",
    ClaimShrinks: "claims only grow",
    ClaimSizeMisjudged: "claims grow from what they are to what is asked for",
    ClaimNotGrown: "every claim is in the end as large as asked for",
    WrongEnd: "in the end the ring is what the topology asks for",
}
