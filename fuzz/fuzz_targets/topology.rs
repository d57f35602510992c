//! Any bytes are a topology or wrong, but never a panic. Run it (needs nightly Rust and `cargo install cargo-fuzz`):
//! `cargo +nightly fuzz run topology fuzz/corpus/topology examples golden/topologies golden/diagnostics -- -max_len=8192`
#![no_main]

use cassc::catalogue::Warnings;
use cassc::deliver::arrange;
use cassc::parse::source::{Origin, Source};
use cassc::{Options, compile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let source = Source { name: "fuzz.yaml".to_owned(), bytes: bytes.to_vec(), origin: Origin::Named };
    let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
    for (_, cluster) in compilation.clusters() {
        assert!(!arrange(&cluster).files.is_empty(), "a cluster has objects");
    }
});
