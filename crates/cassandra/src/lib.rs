//! What Cassandra is, by version, as data: images, the keys of cassandra.yaml, garbage collectors and options of the JVM.
//! Pure tables and arithmetic; the compiler's checks, resolver and renderer read it.

pub mod classes;
pub mod config_keys;
pub mod image;
pub mod jvm;
pub mod jvm_options;
pub mod logger;
