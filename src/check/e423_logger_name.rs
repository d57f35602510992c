//! E423: an invalid logger name.

use cassc_cassandra::logger::is_logger;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E423",
    name: "logger-name",
    summary: "the name of a logger is invalid",
    explain: "\
Loggers are named after Java packages and classes. cassc writes the names into `logback.xml`. Other characters could name a
logger that does not exist, or break the file and with it all logging.

Write names such as `org.apache.cassandra.db`, or `root` for the root logger.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for name in subject.spec().cassandra.logging.keys() {
        let at = |text: &str| subject.key(Route::of("spec.cassandra.logging").key(name), text);
        if name != "root" && name.eq_ignore_ascii_case("root") {
            let complaint = RULE.complain(format!("`{name}` is not the name of the root logger"), at(""));
            complaints.push(complaint.help("write `root`"));
        } else if !is_logger(name) {
            let message = match name.as_str() {
                "" => "a logger has no name".to_owned(),
                _ => format!("`{}` is not a valid logger name", name.escape_debug()),
            };
            let expected = "the name of a Java package or class, or root";
            complaints.push(RULE.complain(message, at("")).expected(expected));
        }
    }
}
