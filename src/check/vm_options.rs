//! The findings of the JVM options tables for every `-XX` option of a topology, each once and with its place. Called by the
//! rules about such options.

use std::collections::BTreeSet;

use cassc_cassandra::image::jdk;
use cassc_cassandra::jvm::owned_option;
use cassc_cassandra::jvm_options::{Finding, Problem, examine};
use cassc_ring::release::Release;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

/// A finding at its place.
pub(super) struct Judged {
    /// The option.
    route: Route,
    /// What is wrong with it.
    pub(super) finding: Finding,
    release: Release,
    jdk: u32,
    /// Whether the topology names an image, whose JDK is unknown.
    pub(super) own_image: bool,
}

/// All findings, without options that users must not set: E422 reports those. The options of a list are read in order, after
/// those of the garbage collector.
pub(super) fn judged(subject: &Subject<'_>) -> Vec<Judged> {
    let cassandra = &subject.spec().cassandra;
    let Ok(release) = cassandra.version.parse::<Release>() else { return Vec::new() };
    let (jdk, own_image) = (jdk(release.minor), cassandra.image.is_some());
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for place in &subject.racks {
        let Some(options) = place.jvm_options() else { continue };
        let collector = place.garbage_collector();
        if !seen.insert((options.level, collector.map(|collector| collector.value.to_string()))) {
            continue;
        }
        let before = collector.map(|collector| collector.value.options(jdk)).unwrap_or_default();
        let written: Vec<&str> = options.value.iter().map(String::as_str).collect();
        let list = options.level.route().key("cassandra").key("jvm").key("options");
        let findings = examine(jdk, &before, &written);
        let findings = findings.into_iter().filter(|finding| owned_option(written[finding.index]).is_none());
        all.extend(findings.map(|finding| {
            let route = list.index(finding.index);
            Judged { route, finding, release, jdk, own_image }
        }));
    }
    let mut reported = BTreeSet::new();
    all.retain(|judged| reported.insert(judged.route.clone()));
    all
}

impl Judged {
    /// The complaint of a rule.
    pub(super) fn complaint(&self, rule: &Rule, subject: &Subject<'_>) -> Diagnostic {
        let (message, label) = self.message();
        let complaint = rule.complain(message, subject.value(self.route.clone(), label));
        let route = if self.own_image { "spec.cassandra.image" } else { "spec.cassandra.version" };
        let (version, jdk) = (&self.release, self.jdk);
        let image = if self.own_image {
            format!("unknown JDK; the published image of {version} has JDK {jdk}")
        } else {
            format!("image with JDK {jdk}")
        };
        let mut complaint = complaint.label(subject.value(Route::of(route), image));
        if let Problem::WrongValue(expected) = &self.finding.problem {
            complaint = complaint.expected(expected);
        }
        match self.help() {
            Some(help) => complaint.help(help),
            None => complaint,
        }
    }

    /// What is wrong, and a few words for under the option.
    fn message(&self) -> (String, String) {
        let (name, jdk) = (self.finding.name.escape_debug(), self.jdk);
        let message = match &self.finding.problem {
            Problem::Unknown { last_in: Some(last), .. } => {
                return (format!("JDK {jdk} has no option `{name}`"), format!("JDK {last} has it"));
            }
            Problem::Unknown { first_in: Some(first), .. } => {
                return (format!("JDK {jdk} has no option `{name}` yet"), format!("JDK {first} has it"));
            }
            Problem::Unknown { .. } => format!("JDK {jdk} has no option `{name}`"),
            Problem::Locked(_) => format!("`{name}` is locked in JDK {jdk}"),
            Problem::NotASwitch => format!("`{name}` is a boolean option"),
            Problem::NoValue => format!("`{name}` needs a value"),
            Problem::WrongValue(_) => format!("`{name}` does not accept this value"),
            Problem::Deprecated(since, _) => format!("`{name}` is deprecated since JDK {since}"),
            Problem::Ignored(since) => format!("`{name}` has no effect since JDK {since}"),
            Problem::Tolerated => {
                let label = "`-XX:+IgnoreUnrecognizedVMOptions`".to_owned();
                return (format!("JDK {jdk} ignores `{name}`"), label);
            }
            Problem::ArmOnly => format!("only JVMs for 64-bit ARM have the option `{name}`"),
        };
        (message, String::new())
    }

    /// What to do.
    fn help(&self) -> Option<String> {
        let name = self.finding.name.escape_debug();
        match &self.finding.problem {
            Problem::Unknown { help, .. } => help.clone(),
            Problem::Locked(unlock) => Some(format!("write `{}` before it", unlock.option())),
            Problem::NotASwitch => Some(format!("write `-XX:+{name}` or `-XX:-{name}`")),
            Problem::NoValue => Some(format!("write `-XX:{name}=` and the value")),
            Problem::WrongValue(_) => None,
            Problem::Deprecated(_, Some(instead)) if instead.starts_with('-') => Some(format!("write `{instead}`")),
            Problem::Deprecated(_, Some(instead)) => Some(format!("write `-XX:{instead}`")),
            Problem::Deprecated(_, None) => Some("remove it before a JDK refuses it".to_owned()),
            Problem::Ignored(_) => Some("remove it".to_owned()),
            Problem::Tolerated => Some("remove it, or correct it".to_owned()),
            Problem::ArmOnly => Some("remove it, unless all workers are 64-bit ARM".to_owned()),
        }
    }
}
