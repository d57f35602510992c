//! What the operators write where their resource is silent.
