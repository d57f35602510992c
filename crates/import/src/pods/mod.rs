//! Parts of Kubernetes that several kinds have.
