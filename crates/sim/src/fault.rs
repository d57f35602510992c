//! What can go wrong, as values: the ten faults that a program in the cluster has to live with, one variant for each way in
//! which it is injected. Times are in milliseconds. What names a pod or a StatefulSet that does not exist does nothing.

use crate::queue::Ms;
use crate::ring::Distortion;

/// A way in which a call to the Management API of a pod, or to the API server, goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is refused with status 500, and nothing happens.
    Error,
    /// It is refused with status 429, and nothing happens. Kubernetes alone.
    Throttled,
    /// It happens, and the answer is lost.
    AnswerLost,
    /// It never arrives, and nobody says so.
    RequestLost,
    /// It arrives so much later, when the caller gave up already.
    Late(Ms),
    /// It happens twice; the answer is that of the first time. A cleanup happens once ([`crate::act::Act::may_be_repeated`]).
    Twice,
    /// The list of endpoints is not whole. Management API alone.
    Distorted(Distortion),
    /// What a node says of the ring stays as it was when the fault was first met. Management API alone.
    OldView,
}

/// Whose calls go wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The API server's.
    Kubernetes,
    /// The Management API's of every pod.
    AllPods,
    /// The Management API's of one pod.
    Pod(String),
}

/// How the state ConfigMap is written wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateWrite {
    /// The write never arrives; the caller times out.
    Lost,
    /// It arrives, and the caller times out.
    AnswerLost,
    /// Somebody else writes it just before: 409.
    Conflict,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fault 1: for some time, so many of 100 calls go wrong in one way.
    Calls {
        /// Whose.
        whose: Whose,
        /// In which way.
        wrong: Wrong,
        /// How many of 100.
        percent: u8,
        /// For how long.
        lasts: Ms,
    },
    /// Fault 2: the running instance of the program is killed at the n-th suspension from now: before a call is sent, while
    /// it is under way, or when its answer is there.
    Kill {
        /// The Kubernetes cluster.
        kube: usize,
        /// At which suspension, from 1.
        after: u32,
    },
    /// Fault 2: the next write of the state goes wrong.
    StateWrite(StateWrite),
    /// Fault 2: the next write of the state goes wrong, and the instance dies at once.
    KillAfterStateWrite(StateWrite),
    /// Fault 3: the running instance sleeps for long at the n-th suspension from now, and then goes on.
    Pause {
        /// The Kubernetes cluster.
        kube: usize,
        /// At which suspension, from 1.
        after: u32,
        /// For how long.
        lasts: Ms,
        /// Whether it may also fall asleep between its decision and the sending of an act. Neither eviction nor the
        /// Management API knows a fencing token, so nothing can be done about the one call that it then sends.
        in_send: bool,
    },
    /// Fault 3: a second instance of the program starts, as from a `CronJob` or a Job of another generation.
    SecondInstance {
        /// The Kubernetes cluster.
        kube: usize,
    },
    /// Fault 3: the running instance is asked to end (SIGTERM), and killed 30 seconds later.
    Terminate {
        /// The Kubernetes cluster.
        kube: usize,
    },
    /// Fault 4: for some time, reads of Kubernetes are so old. The calls of the program ask for quorum reads, so this is for a
    /// program that does not.
    OldReads {
        /// How old.
        by: Ms,
        /// For how long.
        lasts: Ms,
    },
    /// Fault 4: the clock of all instances jumps by so many seconds, also backwards.
    ClockJump {
        /// By how much.
        seconds: i64,
    },
    /// Fault 5: streaming to and from a pod's node fails, once: what runs, or else the next.
    StreamFails {
        /// The pod.
        pod: String,
        /// At how many per cent.
        percent: u8,
        /// Whether it hangs, until one of its ends is restarted; else it breaks.
        hangs: bool,
    },
    /// Fault 5: Cassandra in a pod dies, and its Management API starts it again, without its jobs.
    CassandraDies {
        /// The pod.
        pod: String,
    },
    /// Fault 6: the pod dies, and its volume comes back empty.
    VolumeLost {
        /// The pod.
        pod: String,
    },
    /// Fault 6: the volume of a pod is full for some time.
    DiskFull {
        /// The pod.
        pod: String,
        /// For how long.
        lasts: Ms,
    },
    /// Fault 7: from now on, addresses of pods that are gone are given out again first.
    AddressesReused,
    /// Fault 7: two pods are deleted together and come back with each other's address.
    AddressesSwapped {
        /// One pod.
        one: String,
        /// The other.
        other: String,
    },
    /// Fault 7: a node of another Cassandra cluster is in everybody's gossip for some time.
    ForeignNode {
        /// For how long.
        lasts: Ms,
    },
    /// Fault 8: the worker of a pod has no power for some time.
    WorkerDead {
        /// The pod.
        pod: String,
        /// For how long.
        lasts: Ms,
    },
    /// Fault 8: the worker of a pod is gone for good, and the pod's volume, which was a disk of it.
    WorkerGone {
        /// The pod.
        pod: String,
    },
    /// Fault 8: the kubelet of a pod's worker does not reach the API server for some time; Cassandra goes on.
    KubeletCut {
        /// The pod.
        pod: String,
        /// For how long.
        lasts: Ms,
    },
    /// Fault 9: somebody scales a StatefulSet.
    HandScale {
        /// The StatefulSet.
        set: String,
        /// To so many.
        replicas: u32,
    },
    /// Fault 9: somebody deletes a pod.
    HandDelete {
        /// The pod.
        pod: String,
    },
    /// Fault 9: somebody has a node leave with nodetool.
    HandDecommission {
        /// The pod.
        pod: String,
    },
    /// Fault 9: somebody has a pod replace its dead node: the key `replace.POD` in the state, with the address that the node
    /// had last. Without a node that is still a member nothing happens.
    HandReplace {
        /// The pod.
        pod: String,
    },
    /// Fault 9: somebody deletes the state ConfigMap.
    HandDeleteState {
        /// The Kubernetes cluster.
        kube: usize,
    },
    /// Fault 9: the worker of a pod is drained: cordoned, its pods evicted, and free again later.
    Drain {
        /// The pod.
        pod: String,
        /// For how long it stays cordoned.
        lasts: Ms,
    },
    /// Fault 9: the delivery tool applies the older commit of this number once more.
    OldCommit {
        /// How many commits back.
        back: usize,
    },
    /// Fault 10: for some time, controllers and kubelets are so many times slower.
    SlowControllers {
        /// How many times.
        times: u32,
        /// For how long.
        lasts: Ms,
    },
    /// Fault 10: for some time, the status of the disruption budgets stays what it is, whatever happens to the pods.
    BudgetFrozen {
        /// For how long.
        lasts: Ms,
    },
    /// Fault 10: all pods lose power together and come back, all but one, which comes back later.
    PowerLoss {
        /// The pod that comes back later.
        late: String,
        /// How much later.
        by: Ms,
    },
}

impl Whose {
    /// Whether the calls of a pod's Management API are meant.
    pub fn is_pod(&self, name: &str) -> bool {
        match self {
            Self::Kubernetes => false,
            Self::AllPods => true,
            Self::Pod(pod) => pod == name,
        }
    }

    /// Whether the calls of the API server are meant.
    pub fn is_kubernetes(&self) -> bool {
        *self == Self::Kubernetes
    }
}
