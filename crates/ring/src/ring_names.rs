//! The names that Cassandra itself uses: of the cluster, of datacenters and of racks, and the characters that its files
//! allow in them. Called by the rules about names and by the reader of lock files.

/// Characters with a meaning in a properties file, a replication map or a JVM option.
const MEANINGFUL: &str = ",:=!#'\"\\`$*?[]{}<>|&;()";

/// What is wrong with a name, in two or three words: of the cluster (`clusterName`), or of a datacenter or a rack (any other
/// text). `None` for a valid name.
pub fn fault(what: &str, name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("empty".to_owned());
    }
    if name.trim() != name {
        return Some("starts or ends with a space".to_owned());
    }
    let wrong = name.chars().find(|c| match what {
        "clusterName" => c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'),
        _ => !(c.is_ascii_graphic() || *c == ' ') || MEANINGFUL.contains(*c),
    })?;
    Some(match wrong {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => "several lines".to_owned(),
        wrong => format!("`{}` is not allowed", wrong.escape_debug()),
    })
}
