//! The names that Cassandra itself knows: of the cluster, of datacenters and racks. What its files can carry. Called by
//! the rules about names and by the reader of locks.

/// What a properties file, a replication map or an option takes for something else than text.
const MEANINGFUL: &str = ",:=!#'\"\\`$*?[]{}<>|&;()";

/// Why Cassandra's files cannot carry a name: of the cluster (`clusterName`), of a `datacenter`, or of a rack
/// (anything else). `None` where they can.
pub fn fault(what: &str, name: &str) -> Option<String> {
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
