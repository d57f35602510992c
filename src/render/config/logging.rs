//! Log levels → `logback.xml`.

use std::collections::BTreeMap;

use cassc_ring::release::Minor;
use serde::Serialize;

use crate::text::{Template, template};
use crate::topology::LogLevel;

static V3_11: Template<Logback> = template!("cassandra/3.11/logback.xml.j2");
static V4_0: Template<Logback> = template!("cassandra/4.0/logback.xml.j2");
static V4_1: Template<Logback> = template!("cassandra/4.1/logback.xml.j2");
static V5_0: Template<Logback> = template!("cassandra/5.0/logback.xml.j2");

/// Default levels, as in upstream's `conf/logback.xml`.
const DEFAULTS: [(&str, LogLevel); 2] = [("org.apache.cassandra", LogLevel::Debug), ("root", LogLevel::Info)];

/// Upstream's `conf/logback.xml` of 3.11 silences Thrift.
const THRIFT: (&str, LogLevel) = ("com.thinkaurelius.thrift", LogLevel::Error);

/// What `logback.xml.j2` is filled from.
#[derive(Serialize)]
struct Logback {
    /// The level of the root logger.
    root: LogLevel,
    /// The other loggers, sorted.
    loggers: Vec<Logger>,
}

#[derive(Serialize)]
struct Logger {
    /// Escaped for an XML attribute.
    name: String,
    level: LogLevel,
}

/// The text of `logback.xml`. The user's levels win over the defaults.
pub(super) fn text(minor: Minor, levels: &BTreeMap<String, LogLevel>) -> String {
    let thrift = (minor == Minor::V3_11).then_some(THRIFT);
    let mut merged: BTreeMap<&str, LogLevel> = DEFAULTS.into_iter().chain(thrift).collect();
    merged.extend(levels.iter().map(|(name, level)| (name.as_str(), *level)));
    let root = merged.remove("root").expect("the defaults have a root level");
    let loggers = merged.into_iter().map(|(name, level)| Logger { name: escaped(name), level });
    template(minor).render(&Logback { root, loggers: loggers.collect() })
}

fn template(minor: Minor) -> &'static Template<Logback> {
    match minor {
        Minor::V3_11 => &V3_11,
        Minor::V4_0 => &V4_0,
        Minor::V4_1 => &V4_1,
        Minor::V5_0 => &V5_0,
    }
}

/// Text for an XML attribute in double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;

    use super::*;

    fn loggers(text: &str) -> Vec<&str> {
        let with_name = |line: &&str| line.contains("<logger") || line.contains("<root");
        text.lines().filter(with_name).map(str::trim).collect()
    }

    #[test]
    fn the_levels_of_the_user_win_over_the_defaults() {
        let levels = [("root", LogLevel::Warn), ("org.apache.cassandra", LogLevel::Info), ("a<b>&\"c", LogLevel::Off)];
        let levels = levels.into_iter().map(|(name, level)| (name.to_owned(), level)).collect();
        assert_eq!(
            loggers(&text(Minor::V3_11, &levels)),
            [
                r#"<root level="WARN">"#,
                r#"<logger name="a&lt;b&gt;&amp;&quot;c" level="OFF"/>"#,
                r#"<logger name="com.thinkaurelius.thrift" level="ERROR"/>"#,
                r#"<logger name="org.apache.cassandra" level="INFO"/>"#,
            ]
        );
    }

    #[test]
    fn the_levels_without_a_word_of_the_user_are_those_of_upstream() {
        for minor in &MINORS[1..] {
            let text = text(*minor, &BTreeMap::new());
            let expected = [
                r#"<logger name="org.apache.cassandra.audit.FileAuditLogger" additivity="false" level="INFO">"#,
                r#"<root level="INFO">"#,
                r#"<logger name="org.apache.cassandra" level="DEBUG"/>"#,
            ];
            assert_eq!(loggers(&text), expected, "{minor}");
        }
    }
}
