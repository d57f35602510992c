//! What a simulated ring does.
