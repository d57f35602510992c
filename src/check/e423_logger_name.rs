//! E423: the name of a logger that cannot be one.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E423",
    name: "logger-name",
    summary: "the name of a logger cannot be one",
    explain: "\
Loggers are called after Java packages and classes. cassc writes the names into `logback.xml`, where another
character would at best name a logger that nobody uses and at worst break the file, and with it all logging.

Write names such as `org.apache.cassandra.db`; `root` is the root logger.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for name in subject.spec().cassandra.logging.keys() {
        let at = |text: &str| subject.key(Route::of("spec.cassandra.logging").key(name), text);
        if name != "root" && name.eq_ignore_ascii_case("root") {
            let complaint = RULE.complain(format!("`{name}` is not how the root logger is called"), at(""));
            complaints.push(complaint.help("did you mean `root`?"));
        } else if !is_logger(name) {
            let message = match name.as_str() {
                "" => "a logger has no name".to_owned(),
                _ => format!("`{}` is not the name of a logger", name.escape_debug()),
            };
            let expected = "names of Java packages or classes, or root";
            complaints.push(RULE.complain(message, at("")).expected(expected));
        }
    }
}

/// Words joined by dots. Dashes are no Java, but some libraries name loggers so.
fn is_logger(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-');
    name.split('.').all(|word| !word.is_empty() && word.chars().all(letter))
}
