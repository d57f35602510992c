//! What a plain scalar means: YAML 1.2's core schema, and nothing that a YAML 1.1 reader would see differently.

use std::ops::Range;

use serde_json::{Number, Value};

/// The meaning of an unquoted scalar where any type is allowed (`spec.cassandra.config`).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    /// Every reader agrees.
    Clear(Value),
    /// Readers of YAML 1.1 (Cassandra's own `SnakeYAML` among them) see something else; what they see.
    Disputed(&'static str),
}

/// Resolves a plain scalar.
pub(super) fn meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Clear(Value::Null),
        "true" | "True" | "TRUE" => Meaning::Clear(Value::Bool(true)),
        "false" | "False" | "FALSE" => Meaning::Clear(Value::Bool(false)),
        _ => disputed(text).map_or_else(|| Meaning::Clear(number_or_text(text)), Meaning::Disputed),
    }
}

/// The bytes of a scalar up to its closing quote: the parser counts what follows on the line, such as a comment, to a quoted
/// one. A scalar without quotes is as it was.
pub(super) fn within_quotes(text: &str, span: Range<usize>) -> Range<usize> {
    let written = &text.as_bytes()[span.clone()];
    let Some(quote @ (b'"' | b'\'')) = written.first() else { return span };
    let mut at = 1;
    while let Some(byte) = written.get(at) {
        let is_escaped = (quote, byte) == (&b'"', &b'\\') || (byte == quote && written[at..].starts_with(b"''"));
        match byte {
            _ if is_escaped => at += 2,
            byte if byte == quote => return span.start..span.start + at + 1,
            _ => at += 1,
        }
    }
    span
}

/// A whole number in plain decimal digits: no leading zero, no underscore, no exponent, no base prefix.
pub(super) fn whole_number(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (decimal && (digits == "0" || !digits.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

fn number_or_text(text: &str) -> Value {
    let whole = whole_number(text).and_then(Number::from_i128);
    let number = whole.or_else(|| fraction(text).and_then(Number::from_f64));
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// `1.5`, `-0.25`: digits on both sides of one dot.
fn fraction(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.')?;
    whole_number(whole)?;
    (!decimals.is_empty() && decimals.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// What a YAML 1.1 reader would make of a text that YAML 1.2 reads as something else, or the two disagree about.
fn disputed(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "y" | "n" | "yes" | "no" | "on" | "off" => return Some("a boolean"),
        ".inf" | "-.inf" | "+.inf" | ".nan" | "=" | "<<" => return Some("a special value"),
        _ => {}
    }
    let unsigned = lower.strip_prefix(['-', '+']).unwrap_or(&lower);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    if whole_number(text).is_some() || fraction(text).is_some() {
        return None;
    }
    number_of_another_kind(unsigned)
}

fn number_of_another_kind(unsigned: &str) -> Option<&'static str> {
    let only = |allowed: &str| unsigned.chars().all(|c| c.is_ascii_digit() || allowed.contains(c));
    let based = |prefix: &str, radix| {
        unsigned
            .strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix) || c == '_'))
    };
    if based("0x", 16) || based("0o", 8) || based("0b", 2) {
        return Some("a number in another base");
    }
    if only("") || only("_") {
        return Some(if unsigned.starts_with('0') { "an octal number" } else { "a number" });
    }
    if is_date(unsigned) {
        return Some("a date");
    }
    if is_float(unsigned) {
        return Some("a number");
    }
    if is_sexagesimal(unsigned) {
        return Some("a number in base 60");
    }
    (unsigned.get(..10).is_some_and(is_date) && only("t:z.+- ")).then_some("a date")
}

/// Digits, underscores, at most one dot, and an exponent.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    !exponent.is_empty()
        && digits(exponent)
        && digits(whole)
        && digits(decimals)
        && mantissa.contains(|c: char| c.is_ascii_digit())
}

/// `12:30`, `190:20:30.15`: groups of at most 59 after the first.
fn is_sexagesimal(text: &str) -> bool {
    let mut groups = text.split(':');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let below_sixty = |group: &str| {
        let whole = group.split('.').next().unwrap_or_default();
        whole.parse::<u32>().is_ok_and(|value| value < 60) && whole.len() <= 2
    };
    groups.next().is_some_and(digits) && text.contains(':') && groups.all(below_sixty)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == 3
        && parts[0].len() == 4
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_scalar_ends_at_its_quote() {
        let cases = [
            (r#""a" # b "c""#, r#""a""#),
            (r#""a\"b\\" "c""#, r#""a\"b\\""#),
            ("'a''b' # it's", "'a''b'"),
            ("'' # ''", "''"),
            (r#""größe" x"#, r#""größe""#),
            ("a \"b\"", "a \"b\""),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(&text[within_quotes(text, 0..text.len())], expected);
        }
    }

    #[test]
    fn clear_scalars_are_what_they_look_like() {
        let clear = |text| match meaning(text) {
            Meaning::Clear(value) => value.to_string(),
            Meaning::Disputed(what) => format!("disputed: {what}"),
        };
        assert_eq!(
            ["16", "-1", "0", "1.5", "true", "~", "", "9223372036854775807"].map(clear),
            ["16", "-1", "0", "1.5", "true", "null", "null", "9223372036854775807"]
        );
        assert_eq!(
            ["10ms", "4.1.9", "10.0.0.1", "LZ4Compressor", "Yes sir", "-", "1.2.3-4", "16MiB", "::1", "127.0.0.1:9042"]
                .map(clear),
            [
                "\"10ms\"",
                "\"4.1.9\"",
                "\"10.0.0.1\"",
                "\"LZ4Compressor\"",
                "\"Yes sir\"",
                "\"-\"",
                "\"1.2.3-4\"",
                "\"16MiB\"",
                "\"::1\"",
                "\"127.0.0.1:9042\""
            ]
        );
    }

    #[test]
    fn disputed_scalars_are_named() {
        for text in [
            "yes",
            "On",
            "n",
            "012",
            "1_000",
            "0x1F",
            "0o17",
            "0b11",
            "1e3",
            "1.e3",
            "+5",
            ".5",
            "5.",
            "12:30",
            "190:20:30",
            "2024-01-01",
            "2024-01-01T10:00:00Z",
            ".inf",
            ".NaN",
            "=",
            "08",
            "-012",
        ] {
            assert!(matches!(meaning(text), Meaning::Disputed(_)), "{text}: {:?}", meaning(text));
        }
    }
}
