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
}

/// Every focus.
pub const FOCUSES: [Focus; 8] = [
    Focus::Everything,
    Focus::Instances,
    Focus::Upgrades,
    Focus::Datacenters,
    Focus::Space,
    Focus::Hands,
    Focus::Growth,
    Focus::Shrinks,
];
