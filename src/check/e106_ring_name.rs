//! E106: a name that Cassandra's own files cannot carry.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E106",
    name: "ring-name",
    summary: "a name in Cassandra has characters that its files cannot carry",
    explain: "\
Cassandra reads the names of datacenter and rack from `cassandra-rackdc.properties`, a Java properties file in
Latin-1, where blanks at the end, `\\`, `#`, `=` and `:` mean something else. A datacenter's name also stands in
replication maps and in the option `-Dcassandra.system_distributed_replication=dc1:3,dc2:3`, which a shell splits at
blanks. A node that reads another name than the one that was meant founds a datacenter of its own, and finds none of
its replicas.

Use letters, digits, `_`, `-` and `.`; a name of a rack may have blanks inside. `clusterName` may be any text in one
line that does not begin or end with a blank.",
};

/// What a properties file, a replication map or an option takes for something else than text.
const MEANINGFUL: &str = ",:=!#'\"\\`$*?[]{}<>|&;()";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if let Some(name) = &subject.spec().cluster_name {
        complaints.extend(judge(subject, "clusterName", name, Route::of("spec.clusterName")));
    }
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let route = Level::Datacenter(index).route().key("ringName");
        complaints
            .extend(datacenter.ring_name.iter().filter_map(|name| judge(subject, "datacenter", name, route.clone())));
    }
    for place in &subject.racks {
        let route = place.level().route().key("ringName");
        complaints.extend(place.rack.ring_name.iter().filter_map(|name| judge(subject, "rack", name, route.clone())));
    }
}

fn judge(subject: &Subject<'_>, what: &str, name: &str, route: Route) -> Option<Diagnostic> {
    let fault = fault(what, name)?;
    let whose = if what == "clusterName" { "Cassandra's name of the cluster" } else { "Cassandra's name of a" };
    let message = match (name, what) {
        ("", "clusterName") => format!("{whose} is empty"),
        ("", _) => format!("{whose} {what} is empty"),
        (_, "clusterName") => format!("`{}` cannot be {whose}", name.escape_debug()),
        _ => format!("`{}` cannot be {whose} {what}", name.escape_debug()),
    };
    let complaint = RULE.complain(message, subject.value(route, if name.is_empty() { "" } else { &fault }));
    Some(match what {
        _ if name.is_empty() => complaint.help("write a name, or remove the field"),
        "clusterName" => complaint.expected("text in one line that does not begin or end with a blank"),
        "datacenter" => complaint.expected("letters, digits, `_`, `-` and `.`"),
        _ => complaint.expected("letters, digits, `_`, `-`, `.` and blanks inside"),
    })
}

/// Why Cassandra's files cannot carry a name: of the cluster (`clusterName`), of a `datacenter`, or of a rack
/// (anything else). `None` where they can.
pub(super) fn fault(what: &str, name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("it is empty".to_owned());
    }
    if name.trim() != name {
        return Some("it begins or ends with a blank".to_owned());
    }
    let wrong = name.chars().find(|c| match what {
        "clusterName" => c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'),
        "datacenter" => !c.is_ascii_graphic() || MEANINGFUL.contains(*c),
        _ => !(c.is_ascii_graphic() || *c == ' ') || MEANINGFUL.contains(*c),
    })?;
    Some(match wrong {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => "it has several lines".to_owned(),
        ' ' => "blanks are not allowed".to_owned(),
        wrong => format!("`{}` is not allowed", wrong.escape_debug()),
    })
}
