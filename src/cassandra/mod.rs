//! What Cassandra is, by version, as data: releases and images, the keys of cassandra.yaml, garbage collectors and
//! JVM flags. Pure tables and arithmetic; the checks, the resolver and the renderer read it.

pub mod config_keys;
pub mod release;
