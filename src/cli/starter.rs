//! The topology that `cassc init` writes: a commented file, with the values that the user gave in place of those that stand
//! there. Pure: arguments in, text out.

use cassc_cassandra::image::published_patches;
use cassc_ring::release::{MINORS, Minor, Release};
use clap::Args;

use super::inputs::DialectArgument;
use crate::text::plain_file;
use crate::topology::Dialect;

/// The file with the values that it has by default.
pub(super) const STARTER: &str = plain_file!("init/topology.yaml");

/// The values that the user may give.
#[derive(Debug, Default, Args)]
pub(super) struct StarterArguments {
    /// The name of the cluster.
    #[arg(long)]
    name: Option<String>,
    /// The namespace of its objects. Defaults to the name.
    #[arg(long)]
    namespace: Option<String>,
    /// The version of Cassandra, such as 4.1.12; 4.1 is the newest patch with a published image.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// The tool that applies the rendered files: argocd, flux or plain.
    #[arg(long, value_name = "DIALECT", hide_possible_values = true)]
    dialect: Option<DialectArgument>,
    /// The name of the datacenter.
    #[arg(long, value_name = "NAME")]
    datacenter: Option<String>,
    /// The number of nodes, split over the racks.
    #[arg(long, value_name = "NUMBER")]
    nodes: Option<u32>,
    /// The zones of the workers, separated by commas: one rack in each.
    #[arg(long, value_name = "ZONE", value_delimiter = ',')]
    zones: Option<Vec<String>>,
}

/// The zones of the file.
const ZONES: [&str; 3] = ["zone-a", "zone-b", "zone-c"];

impl StarterArguments {
    /// The text. Whether the values are valid is for the rules about topologies to say.
    pub(super) fn text(&self) -> String {
        let mut file = File::new(STARTER);
        if let Some(name) = &self.name {
            file.set(&["metadata:", "  name:"], &scalar(name));
            file.replace("shop-superuser", &format!("{}-superuser", comment(name)));
        }
        // Clusters of different names that are alike in the rest do not share a namespace.
        if let Some(namespace) = self.namespace.as_ref().or(self.name.as_ref()) {
            file.set(&["metadata:", "  namespace:"], &scalar(namespace));
        }
        if let Some(version) = &self.version {
            file.set_version(&newest_of_minor(version));
        }
        if let Some(dialect) = self.dialect {
            let word = match dialect.dialect() {
                Dialect::Argocd => "argocd",
                Dialect::Flux => "flux",
                Dialect::Plain => "plain",
            };
            file.set(&["  delivery:", "    dialect:"], word);
        }
        if let Some(datacenter) = &self.datacenter {
            file.set(&["  datacenters:", "    - name:"], &scalar(datacenter));
        }
        if let Some(nodes) = self.nodes {
            file.set(&["  datacenters:", "      nodes:"], &nodes.to_string());
        }
        self.set_racks(&mut file);
        file.text()
    }

    /// A rack in each zone; no more of them than nodes.
    fn set_racks(&self, file: &mut File) {
        let zones = match (&self.zones, self.nodes) {
            (Some(zones), _) => zones.clone(),
            (None, Some(nodes)) if (nodes as usize) < ZONES.len() => {
                ZONES.iter().take((nodes as usize).max(1)).map(|&zone| zone.to_owned()).collect()
            }
            (None, _) => return,
        };
        let racks = (1..).zip(&zones);
        let racks = racks.map(|(number, zone)| format!("        - {{name: r{number}, zone: {}}}", scalar(zone)));
        file.replace_lines("        - {name: r", racks.collect());
    }
}

/// The newest patch of a minor version, where nothing but that was named.
fn newest_of_minor(version: &str) -> String {
    let minor = MINORS.into_iter().find(|minor| minor.name() == version);
    let newest = minor.and_then(|minor| Some((minor, published_patches(minor).iter().max()?)));
    newest.map_or_else(|| version.to_owned(), |(minor, patch)| format!("{}.{patch}", minor.name()))
}

/// Words that some readers of YAML 1.1 take for a boolean or for nothing (yaml.org/type/bool.html, null.html).
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// A value as every reader of YAML takes it for a string.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_plain);
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_name && !is_word { text.to_owned() } else { quoted(text) }
}

/// A string of JSON is one of YAML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}

/// A value in a comment, which it must not end.
fn comment(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// The lines of a file.
struct File {
    lines: Vec<String>,
}

impl File {
    fn new(text: &str) -> Self {
        Self { lines: text.lines().map(str::to_owned).collect() }
    }

    /// Sets the value behind the last of these beginnings of lines, which follow each other. A comment stays in its column,
    /// if there is room.
    fn set(&mut self, path: &[&str], value: &str) {
        let mut lines = self.lines.iter_mut();
        let mut found = None;
        for key in path {
            found = lines.find(|line| line.starts_with(key));
        }
        let (line, key) = found.zip(path.last()).expect("the starter has the field");
        let set = format!("{key} {value}");
        *line = match line.find(" #") {
            Some(_) => {
                let hash = line.find('#').expect("it was found");
                format!("{set:<width$} {}", &line[hash..], width = hash.saturating_sub(1))
            }
            None => set,
        };
    }

    /// `storage_compatibility_mode` is a key of 5.0 and later.
    fn set_version(&mut self, version: &str) {
        self.replace(":5.0.6", &format!(":{}", comment(version)));
        self.set(&["  cassandra:", "    version:"], &quoted(version));
        let has_mode = version.parse::<Release>().is_ok_and(|release| release.minor >= Minor::V5_0);
        if !has_mode {
            self.remove("      storage_compatibility_mode:");
            self.remove("      # concurrent_reads:");
            self.comment_out("    config:", "config: {concurrent_reads: 64}");
        }
    }

    fn replace(&mut self, from: &str, to: &str) {
        self.lines.iter_mut().for_each(|line| *line = line.replace(from, to));
    }

    fn remove(&mut self, beginning: &str) {
        self.lines.retain(|line| !line.starts_with(beginning));
    }

    /// Puts an example behind `# ` in place of a field; the comment of the field stays.
    fn comment_out(&mut self, key: &str, example: &str) {
        let line = self.lines.iter_mut().find(|line| line.starts_with(key)).expect("the starter has the field");
        let indent = &key[..key.len() - key.trim_start().len()];
        let about = line.find('#').map_or("", |hash| &line[hash..]);
        *line = if about.is_empty() { format!("{indent}# {example}") } else { format!("{indent}# {example}  {about}") };
    }

    fn replace_lines(&mut self, beginning: &str, lines: Vec<String>) {
        let start = self.lines.iter().position(|line| line.starts_with(beginning)).expect("the starter has the lines");
        let number = self.lines[start..].iter().take_while(|line| line.starts_with(beginning)).count();
        self.lines.splice(start..start + number, lines);
    }

    fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Warnings;
    use crate::parse::source::{Origin, Source};
    use crate::report::short;
    use crate::{Options, compile};

    fn complaints(text: &str) -> String {
        let source = Source { name: "x.yaml".to_owned(), bytes: text.as_bytes().to_vec(), origin: Origin::Named };
        let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
        assert_eq!(compilation.topologies, 1, "{text}");
        short(&compilation.texts, &compilation.complaints)
    }

    #[test]
    fn every_version_in_every_dialect_is_accepted_without_a_warning() {
        let patches =
            |minor: Minor| published_patches(minor).iter().map(move |patch| format!("{}.{patch}", minor.name()));
        let versions = MINORS.into_iter().flat_map(patches).chain(MINORS.map(|minor| minor.name().to_owned()));
        let versions: Vec<String> = versions.collect();
        assert!(versions.len() > 50, "{versions:?}");
        for version in versions {
            for dialect in [DialectArgument::Argocd, DialectArgument::Flux, DialectArgument::Plain] {
                let arguments = StarterArguments {
                    version: Some(version.clone()),
                    dialect: Some(dialect),
                    ..StarterArguments::default()
                };
                let text = arguments.text();
                assert_eq!(complaints(&text), "", "{text}");
                assert!(text.contains(&format!("version: \"{version}")), "{text}");
            }
        }
    }

    #[test]
    fn without_values_the_file_stays_as_it_is() {
        assert_eq!(StarterArguments::default().text(), STARTER);
    }

    #[test]
    fn every_value_stands_where_it_belongs() {
        let text = |value: fn(&mut StarterArguments)| {
            let mut arguments = StarterArguments::default();
            value(&mut arguments);
            let text = arguments.text();
            assert_eq!(complaints(&text), "", "{text}");
            text
        };
        let renamed = text(|it| it.name = Some("orders".to_owned()));
        assert!(renamed.contains("\n  name: orders                    # the start of"), "{renamed}");
        assert!(
            renamed.contains("secretName: orders-superuser")
                && renamed.contains("\n  namespace: orders ")
                && !renamed.contains("shop-"),
            "{renamed}"
        );
        assert!(text(|it| it.namespace = Some("data-eu".to_owned())).contains("\n  namespace: data-eu"));
        assert!(text(|it| it.datacenter = Some("berlin".to_owned())).contains("\n    - name: berlin  "));
        assert!(text(|it| it.nodes = Some(6)).contains("\n      nodes: 6  "));
        assert_eq!(text(|it| it.nodes = Some(2)).matches("- {name: r").count(), 2);
        let zones = text(|it| it.zones = Some(vec!["a".to_owned(), "b".to_owned(), "eu-1c".to_owned()]));
        assert!(zones.contains("- {name: r2, zone: b}\n        - {name: r3, zone: eu-1c}\n"), "{zones}");
        let old = text(|it| it.version = Some("4.0".to_owned()));
        assert!(
            !old.contains("storage_compatibility_mode") && old.contains("# config: {concurrent_reads: 64}"),
            "{old}"
        );
    }

    #[test]
    fn no_value_leaves_its_place() {
        for value in
            ["no", "null", "123", "1e3", "a: b", "a # b", "x\ny: 1", "\"", "'", "{a}", "- a", "", " ", "é", "\u{1b}"]
        {
            let some = || Some(value.to_owned());
            let arguments = StarterArguments {
                name: some(),
                namespace: some(),
                datacenter: some(),
                version: some(),
                zones: Some(vec![value.to_owned()]),
                ..StarterArguments::default()
            };
            let text = arguments.text();
            let read = crate::parse::embedded::value(&text);
            assert_eq!(read["metadata"]["name"], value, "{text}");
            assert_eq!(read["metadata"]["namespace"], value, "{text}");
            assert_eq!(read["spec"]["cassandra"]["version"], value, "{text}");
            assert_eq!(read["spec"]["datacenters"][0]["name"], value, "{text}");
            assert_eq!(read["spec"]["datacenters"][0]["racks"][0]["zone"], value, "{text}");
        }
    }
}
