//! cassc.
