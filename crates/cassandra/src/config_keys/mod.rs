//! The keys of cassandra.yaml, one table per minor, and what each accepts. The tables are data files in this folder, made
//! by `tests/cassandra/key_tables.sh --write` from the classes of 3.11.19, 4.0.19, 4.1.10 and 5.0.9 and their loaders.
//! Called by the checks through [`examine()`], and by whoever needs one key through [`table()`].

mod convert;
mod examine;
mod expected;
mod history;
mod kind;
mod measure;
mod table;
mod value;

pub use self::{
    convert::Converter,
    examine::{Finding, Problem, examine},
    history::{Removed, Renamed, introduced_in, nearest, removed, renamed},
    kind::Kind,
    measure::{DataStorage, Duration, Smallest, StorageUnit, TimeUnit, Width, read_rate},
    table::{Key, KeyTable, Replacement, table},
    value::{Step, WrongValue, check_value},
};
