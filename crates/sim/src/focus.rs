//! What random histories are about.

/// What a random history has more of than of other things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Focus {
    /// Nothing.
    #[default]
    Everything,
    /// Several instances of the program, that sleep and die.
    Instances,
    /// New versions, and changes of the ring meanwhile.
    Upgrades,
    /// Datacenters that come and go.
    Datacenters,
    /// Small volumes.
    Space,
    /// People with nodetool and kubectl.
    Hands,
    /// Nodes that join.
    Growth,
    /// Nodes that leave.
    Shrinks,
    /// Answers of nodes that get lost, and jobs that take long.
    Answers,
    /// A new datacenter that is to copy the data.
    Copies,
    /// Streams that are slow and fail, and nodes that restart meanwhile; Cassandra without the fix of CASSANDRA-16290.
    Failures,
    /// Controllers that are very slow.
    Controllers,
    /// Operations that a person asks for, and nodes that are lost.
    Operations,
}

/// Every focus.
pub const FOCUSES: [Focus; 13] = [
    Focus::Everything,
    Focus::Instances,
    Focus::Upgrades,
    Focus::Datacenters,
    Focus::Space,
    Focus::Hands,
    Focus::Growth,
    Focus::Shrinks,
    Focus::Answers,
    Focus::Copies,
    Focus::Failures,
    Focus::Controllers,
    Focus::Operations,
];
