//! The names of loggers in `logback.xml`.

/// Whether a text is the name of a logger: words joined by dots. Dashes are no Java, but some libraries name loggers so.
pub fn is_logger(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-');
    name.split('.').all(|word| !word.is_empty() && word.chars().all(letter))
}
