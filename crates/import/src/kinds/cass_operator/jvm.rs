//! Option files of the JVM: names of the builder's definitions become `cassandra.jvm` and options.

use cassc_cassandra::jvm::{check_option, owned_option};
use cassc_ring::release::Minor;
use serde_json::Value;

use super::config::Reading;
use super::jvm_tables::{Meaning, meaning};
use crate::builders::Builder;
use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;
use crate::pods::size::size;
use crate::pods::text_of;

/// The options of all files, and what they say of the collector.
#[derive(Debug, Default)]
pub(in crate::kinds) struct Options {
    lines: Vec<String>,
    collector: Option<&'static str>,
}

/// An option file: names of the definitions, and `additional-jvm-opts`.
pub(super) fn option_file(
    draft: &mut Draft,
    at: &At<'_>,
    file: &str,
    values: &Value,
    reading: Reading<'_>,
    options: &mut Options,
) {
    if let Some(reason) = is_not_read(file, reading) {
        draft.meet(at, reason);
        return;
    }
    for (name, value) in values.as_object().into_iter().flatten() {
        let at = at.key(name);
        if name == "additional-jvm-opts" {
            for (index, line) in value.as_array().into_iter().flatten().enumerate() {
                options.line(draft, &at.index(index), line.as_str().unwrap_or_default(), reading.datacenter);
            }
        } else if !has_name(file, name, reading) {
            draft.meet(&at, "the operator's builder drops it: it has no such name for this file");
        } else {
            named(draft, &at, name, value, reading, options);
        }
    }
}

/// Why a file has no effect on this version.
fn is_not_read(file: &str, reading: Reading<'_>) -> Option<&'static str> {
    match (file, reading.minor) {
        ("jvm-options", Minor::V3_11) => None,
        ("jvm-options", Minor::V4_0 | Minor::V4_1) if reading.builder.moves_options() => None,
        ("jvm-options", _) => Some("Cassandra reads it in 3.11 only"),
        (_, Minor::V3_11) => Some("Cassandra reads it from 4.0 on"),
        ("jvm8-server-options" | "jvm17-server-options" | "jvm21-server-options", Minor::V4_0 | Minor::V4_1)
        | ("jvm8-server-options" | "jvm11-server-options" | "jvm21-server-options", Minor::V5_0) => {
            Some("the JDK of the image does not read it")
        }
        _ => None,
    }
}

/// `k8ssandra-client` knows names for two files; of the newer ones only the collector (pkg/config/builder.go).
fn has_name(file: &str, name: &str, reading: Reading<'_>) -> bool {
    reading.builder != Builder::K8ssandraClient
        || matches!(file, "jvm-server-options" | "jvm11-server-options")
        || name == "garbage_collector"
}

/// A value by its name in the definitions.
pub(in crate::kinds) fn named(
    draft: &mut Draft,
    at: &At<'_>,
    name: &str,
    value: &Value,
    reading: Reading<'_>,
    options: &mut Options,
) {
    let to = reading.datacenter.key("cassandra").key("jvm");
    let text = text_of(value).unwrap_or_default();
    match meaning(name) {
        _ if value.is_null() => {}
        Some(Meaning::Heap) => size(draft, at, &to.key("heap"), &text),
        Some(Meaning::InitialHeap) => size(draft, at, &to.key("initialHeap"), &text),
        Some(Meaning::YoungGeneration) => size(draft, at, &to.key("youngGeneration"), &text),
        Some(Meaning::Collector) => options.collector(draft, at, &text, &to),
        Some(Meaning::Switch { option, by_default }) => match text.as_str() {
            "true" | "false" if (text == "true") == by_default => draft.meet(at, "cassc does the same"),
            "true" => options.line(draft, at, option, reading.datacenter),
            _ => match opposite(option) {
                Some(opposite) => options.line(draft, at, &opposite, reading.datacenter),
                None => {
                    draft.lose(at, "leaves out an option that cassc writes", "nothing, or build an image of your own");
                }
            },
        },
        Some(Meaning::Value(begin)) => options.line(draft, at, &format!("{begin}{text}"), reading.datacenter),
        Some(Meaning::Nothing(why)) => draft.meet(at, why),
        None => draft.lose(
            at,
            "sets an option of the JVM by a name that cassc does not know",
            "write it into `cassandra.jvm.options`",
        ),
    }
}

/// The opposite of `-XX:+Name`.
fn opposite(option: &str) -> Option<String> {
    match option.strip_prefix("-XX:") {
        Some(rest) if rest.starts_with('+') => Some(format!("-XX:-{}", &rest[1..])),
        Some(rest) if rest.starts_with('-') => Some(format!("-XX:+{}", &rest[1..])),
        _ => (option == "-ea").then(|| "-da".to_owned()),
    }
}

impl Options {
    /// A line of an option file. Options with a field of their own go there; those that cassc manages are not carried.
    pub(in crate::kinds) fn line(&mut self, draft: &mut Draft, at: &At<'_>, line: &str, datacenter: &Path) {
        let line = line.trim();
        let to = datacenter.key("cassandra").key("jvm");
        let sizes = [("-Xmx", "heap"), ("-Xms", "initialHeap"), ("-Xmn", "youngGeneration")];
        if let Some((field, value)) = sizes.iter().find_map(|(begin, field)| Some((field, line.strip_prefix(begin)?))) {
            size(draft, at, &to.key(*field), value);
        } else if let Some(collector) = collector_of(line) {
            self.collector(draft, at, collector, &to);
        } else if let Some(owned) = owned_option(line) {
            draft.lose(at, &format!("an option that cassc manages ({})", owned.reason), owned.instead);
        } else if let Err(error) = check_option(line) {
            draft.lose(at, &error.to_string(), "write one option per element of `cassandra.jvm.options`");
        } else if !self.lines.iter().any(|other| other == line) {
            let options = to.key("options");
            draft.carry(at, &options.index(self.lines.len()), line);
            self.lines.push(line.to_owned());
        }
    }

    fn collector(&mut self, draft: &mut Draft, at: &At<'_>, name: &str, to: &Path) {
        let known = match name {
            "G1GC" | "G1" => "G1",
            "CMS" => "CMS",
            "ZGC" => "ZGC",
            "Shenandoah" => "Shenandoah",
            _ => {
                draft.lose(
                    at,
                    "chooses a collector that cassc does not know",
                    "write G1, CMS, ZGC or Shenandoah into `cassandra.jvm.gc`",
                );
                return;
            }
        };
        self.collector = Some(known);
        if known == name {
            draft.carry(at, &to.key("gc"), known);
        } else {
            draft.change(at, &to.key("gc"), known, "the name of the collector here");
        }
    }

    /// What the builder chooses where no file says it.
    pub(in crate::kinds) fn write(&self, draft: &mut Draft, reading: Reading<'_>) {
        let to = reading.datacenter.key("cassandra").key("jvm").key("gc");
        let chosen = reading.builder.collector(reading.minor).filter(|_| self.collector.is_none());
        if let Some((collector, why)) = chosen {
            draft.fill(&to, collector, why);
        }
        let young = reading.datacenter.key("cassandra").key("jvm").key("youngGeneration");
        let collector = self.collector.or(chosen.map(|(collector, _)| collector));
        if draft.get(&young).is_some() && collector != Some("CMS") {
            draft.leave_out(&young, "the size of a young generation is for CMS; Cassandra refuses it with G1");
        }
    }
}

/// The collector that an option selects.
fn collector_of(line: &str) -> Option<&'static str> {
    match line {
        "-XX:+UseG1GC" => Some("G1"),
        "-XX:+UseConcMarkSweepGC" => Some("CMS"),
        "-XX:+UseZGC" => Some("ZGC"),
        "-XX:+UseShenandoahGC" => Some("Shenandoah"),
        _ => None,
    }
}
