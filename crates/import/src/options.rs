//! What the user says beside the texts.

/// What the user says beside the texts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The memory of a Cassandra container, such as `8Gi`, where a resource names none.
    pub memory: Option<String>,
    /// The namespace of a cluster whose resources name none.
    pub namespace: Option<String>,
}
