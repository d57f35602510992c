//! The log, on standard error: lines for a human on a terminal, one JSON object per line otherwise.

use std::io::{self, IsTerminal as _, Write as _};

use cassc_settle::cluster::{Line, Time};
use clap::ValueEnum;
use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use crate::clock;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// Lines for a human.
    Text,
    /// One object per line.
    Json,
}

/// A line as JSON.
#[derive(Debug, Serialize)]
struct Object<'l> {
    time: String,
    level: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'l str>,
    message: &'l str,
}

impl Format {
    /// Writes a line. That nobody reads it is no reason to end.
    pub(crate) fn write(self, line: &Line) {
        let is_json = match self {
            Self::Auto => !io::stderr().is_terminal(),
            Self::Text => false,
            Self::Json => true,
        };
        let text = if is_json { json(line, clock::now()) } else { text(line, clock::now()) };
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

fn json(line: &Line, now: Time) -> String {
    let level = if line.warning { "warning" } else { "info" };
    let (about, message) = (line.about.as_deref(), line.message.as_str());
    let object = Object { time: time(now), level, reason: line.reason, about, message };
    serde_json::to_string(&object).expect("texts are JSON")
}

fn text(line: &Line, now: Time) -> String {
    let level = if line.warning { "warning: " } else { "" };
    let about = line.about.as_ref().map(|about| format!("{about}: ")).unwrap_or_default();
    // Messages bring texts of others, and a terminal would obey some of them.
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let told: String = format!("{about}{}", line.message).chars().map(plain).collect();
    format!("{} {level}{:<20} {told}", time(now), line.reason)
}

/// A time as Kubernetes writes it.
pub(crate) fn time(seconds: Time) -> String {
    let seconds = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    seconds.map_or_else(|| "unknown".to_owned(), |time| time.to_string())
}

/// The seconds of such a time.
pub(crate) fn seconds(time: &str) -> Option<Time> {
    time.parse::<Timestamp>().ok().and_then(|time| u64::try_from(time.as_second()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(about: Option<&str>, message: &str) -> Line {
        let about = about.map(str::to_owned);
        Line { warning: true, reason: "RingNotWhole", about, message: message.to_owned() }
    }

    #[test]
    fn a_line_is_one_line_for_a_human_and_for_a_program() {
        let line = line(Some("shop-dc1-r1-sts-0"), "is \"down\"\n\u{1b}[31m");
        assert_eq!(
            text(&line, 1_796_083_200),
            "2026-12-01T00:00:00Z warning: RingNotWhole         shop-dc1-r1-sts-0: is \"down\"  [31m"
        );
        assert_eq!(
            json(&line, 1_796_083_200),
            r#"{"time":"2026-12-01T00:00:00Z","level":"warning","reason":"RingNotWhole","about":"shop-dc1-r1-sts-0","message":"is \"down\"\n\u001b[31m"}"#
        );
    }

    #[test]
    fn what_is_about_the_ring_names_nothing() {
        let line = line(None, "m");
        assert!(!json(&line, 0).contains("about") && text(&line, 0).ends_with(" m"));
    }
}
