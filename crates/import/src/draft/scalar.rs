//! Scalars that every reader of YAML reads alike, be it of version 1.1 or 1.2.

use std::fmt::Write as _;

/// Plain words that a reader of YAML 1.1 takes for something else.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// A text, quoted where it is not plainly one.
pub(super) fn text(text: &str) -> String {
    let is_inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/');
    let is_plain =
        text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/') && text.chars().all(is_inner);
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain && !is_word || is_amount(text) { text.to_owned() } else { quoted(text) }
}

/// What follows the digits of an amount that no reader takes for a number.
const UNITS: [&str; 19] =
    ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "K", "M", "G", "T", "m", "ms", "s", "h", "d", "KiB", "MiB", "GiB"];

/// `8Gi`, `500m`, `10000ms`, `64MiB/s`.
fn is_amount(text: &str) -> bool {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < text.len() && UNITS.contains(&rest.strip_suffix("/s").unwrap_or(rest))
}

/// Between double quotes. What cannot be printed is escaped, as YAML asks for it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if is_printable(letter) => quoted.push(letter),
            letter => write!(quoted, "\\U{:08X}", u32::from(letter)).expect("a String takes everything"),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a reader of YAML takes the letter as it stands (YAML 1.1 section 5.1), and a person sees it: no line break, and
/// nothing that hides or reorders text.
fn is_printable(letter: char) -> bool {
    let is_hidden = matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(letter, '\u{e0000}'..='\u{e0fff}');
    !letter.is_control() && !is_hidden && !matches!(u32::from(letter) & 0xFFFF, 0xFFFE | 0xFFFF)
}

/// A text in a comment, which it must not end.
pub(super) fn comment(text: &str) -> String {
    text.chars().map(|letter| if is_printable(letter) { letter } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_anything_else_is_quoted() {
        for plain in ["r1", "us-east1-b", "8Gi", "64MiB/s", "/var/lib/cassandra", "org.apache.Cassandra"] {
            assert_eq!(text(plain), plain);
        }
        for doubtful in
            ["", "no", "Null", "1", "1e3", "8e", "0x1", "4.1.9", "a: b", "a #b", "-x", "~", "=", "é", "12:30"]
        {
            assert_eq!(text(doubtful), format!("\"{doubtful}\""));
        }
        assert_eq!(text("a\"\\\n\u{7f}"), "\"a\\\"\\\\\\n\\U0000007F\"");
    }
}
