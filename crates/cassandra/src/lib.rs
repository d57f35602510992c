//! What Cassandra is, by version, as data: the classes that settings name ([`classes`]), the keys of cassandra.yaml
//! ([`config_keys`]), the published images ([`image`]), garbage collectors and heap ([`jvm`]), `-XX` options of the JDKs
//! ([`jvm_options`]), names of loggers ([`logger`]). Pure tables and arithmetic; the compiler's checks, resolver and
//! renderer read it. Each module uses only those above it.

pub mod classes;
pub mod config_keys;
pub mod image;
pub mod jvm;
pub mod jvm_options;
pub mod logger;
