//! Any bytes are a lock or refused, and what is read can be judged, planned and rendered: never a panic, an endless loop or
//! gigabytes. Seeds are the locks of rendered examples. Run it (needs nightly Rust and `cargo install cargo-fuzz`):
//! `for e in examples/*.yaml; do cargo run -q -- render "$e" -o target/fuzz; done; mkdir -p fuzz/corpus/lock;
//! for l in target/fuzz/*/cassc.lock; do cp "$l" "fuzz/corpus/lock/$(echo "$l" | cksum | cut -d' ' -f1)"; done;
//! cargo +nightly fuzz run lock -- -max_len=65536 -timeout=20 -rss_limit_mb=1024`
#![no_main]

use std::sync::LazyLock;

use cassc::check::Checked;
use cassc::deliver::arrange;
use cassc::diagnostic::DocumentId;
use cassc::lock::{Lock, Recorded};
use cassc::parse::Text;
use cassc::parse::source::{Origin, Source};
use cassc::plan::{Before, deletion, plan};
use cassc::report::plan::{FleetPlan, json, markdown, text};
use cassc::report::{Colors, human};
use cassc::subject::Subject;
use cassc::transition::{self, Transition, DeployedSource, judge};
use cassc::{Options, compile};
use libfuzzer_sys::fuzz_target;

/// What is wanted instead of the cluster in the lock.
static WANTED: LazyLock<Checked> = LazyLock::new(|| {
    let bytes = include_bytes!("../../examples/multi-rack.yaml").to_vec();
    let source = Source { name: "wanted.yaml".to_owned(), bytes, origin: Origin::Named };
    let options = Options { dialect: None, warnings: cassc::catalogue::Warnings::Show };
    compile(vec![source], options).accepted.remove(0)
});

fuzz_target!(|bytes: &[u8]| {
    let lock_text = String::from_utf8_lossy(bytes);
    let Ok(recorded) = Recorded::read(&lock_text) else { return };
    if let Some(lock) = recorded.lock() {
        assert_eq!(&Lock::read(&lock.to_text()).expect("what was read can be written"), lock);
    }
    let previous = recorded.previous();
    assert!(!arrange(&previous).files.is_empty(), "a cluster has objects");
    let after = cassc::resolved(&WANTED, Some(&previous));
    let before = Before { cluster: &previous, lock: recorded.lock() };
    let fleet = FleetPlan::new(None, vec![plan(Some(&before), &after), deletion(&before)]);
    drop((text(&fleet, Colors::Plain), markdown(&fleet), json(&fleet)));

    let texts = [Text::other("cassc.lock".to_owned(), None, lock_text.clone().into_owned())];
    let was = DeployedSource { lock: Some(DocumentId { text: 0, number: 0 }), topology: None };
    let rings = (previous.ring(), after.ring());
    let subject = Subject::new(&WANTED);
    let judgment = judge(&Transition { subject: &subject, after: &after, before: &previous, texts: &texts, was, rings });
    let gone = transition::deletion(&previous, was).err();
    let refused: Vec<_> = judgment.refused.into_iter().chain(gone).collect();
    assert!(human(&texts, &refused, Colors::Plain).len() >= refused.len(), "a refusal has words");
});
