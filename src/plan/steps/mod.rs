//! One file per kind of step: whether a difference needs it, and what exactly is done. Their order is the table's
//! ([`super::STEPS`]).

pub(super) mod apply;
pub(super) mod claims;
pub(super) mod cleanup;
pub(super) mod decommission;
pub(super) mod join;
pub(super) mod person;
pub(super) mod rebuild;
pub(super) mod replicate;
pub(super) mod roll;
pub(super) mod upgrade;
