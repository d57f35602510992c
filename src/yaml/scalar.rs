//! Scalars: a string or a number comes in, out comes text that every reader reads as the same string or number.
//! `block` calls this for each value and each key.

use std::fmt::Write as _;

use super::{Error, LONGEST_KEY};

/// Columns between a mapping or list item and what is nested in it.
pub(super) const STEP: usize = 2;

/// Words which some reader takes for a boolean, a null or a number, in any mixture of cases: the YAML 1.1 types
/// (<https://yaml.org/type/bool.html>, <https://yaml.org/type/null.html>), and the names that other languages give to
/// null, NaN and infinity.
const WORDS: [&str; 14] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "none", "nan", "inf", "infinity"];

/// Finds the first character that is lost on the way through kustomize, however carefully it is written: its byte offset
/// in `text`, and the character. `None` means that `text` survives every reader.
///
/// These are DEL, the C1 controls (U+0080 to U+009F, NEL among them) and the non-characters U+FFFE and U+FFFF. kustomize
/// reads their escapes but writes them out raw, and the next reader either stops ("control characters are not allowed",
/// go-yaml) or reads NEL as a space (it is a line break in YAML 1.1). Seen with kustomize 5.5.0, every character of the
/// basic plane tried. So `check` refuses them at the line of the topology that holds them; this writer escapes them, which
/// is right for all other readers.
pub fn unsafe_character(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|&(_, c)| matches!(c, '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}'))
}

/// Appends a string as a value, without a line feed at the end. `indent` is the column of the key or dash before it.
/// Plain where that is safe, a literal block for a text of lines, double quotes for all the rest.
pub(super) fn write_value(out: &mut String, text: &str, indent: usize) {
    if is_safe_plain(text) {
        out.push_str(text);
    } else if is_safe_literal(text) {
        write_literal(out, text, indent + STEP);
    } else {
        write_quoted(out, text);
    }
}

/// Appends a string as a mapping key, without its colon.
pub(super) fn write_key(out: &mut String, text: &str) -> Result<(), Error> {
    if text == "<<" {
        return Err(Error::MergeKey);
    }
    let start = out.len();
    if is_safe_plain(text) {
        out.push_str(text);
    } else {
        write_quoted(out, text);
    }
    let length = out.len() - start;
    if length > LONGEST_KEY {
        let beginning = out[start..].chars().take(40).collect();
        return Err(Error::KeyTooLong { length, beginning });
    }
    Ok(())
}

/// Appends a string in double quotes, on one line.
pub(super) fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut written = 0;
    for (at, c) in text.char_indices() {
        if is_visible(c) && c != '"' && c != '\\' {
            continue;
        }
        out.push_str(&text[written..at]);
        written = at + c.len_utf8();
        write_escape(out, c);
    }
    out.push_str(&text[written..]);
    out.push('"');
}

/// Appends a finite number so that every reader takes it for a float: YAML 1.1 wants a point in the mantissa and a sign
/// in the exponent (<https://yaml.org/type/float.html>). `shortest` is Rust's shortest form, such as `1e21` or `0.1`.
pub(super) fn write_float(out: &mut String, shortest: &str) {
    let (mantissa, exponent) = shortest.split_once('e').map_or((shortest, None), |(m, e)| (m, Some(e)));
    out.push_str(mantissa);
    if !mantissa.contains('.') {
        out.push_str(".0");
    }
    if let Some(exponent) = exponent {
        out.push_str(if exponent.starts_with('-') { "e" } else { "e+" });
        out.push_str(exponent);
    }
}

/// Appends `width` spaces.
pub(super) fn write_spaces(out: &mut String, width: usize) {
    const SPACES: &str = "                                ";
    let mut left = width;
    while left > 0 {
        let now = left.min(SPACES.len());
        out.push_str(&SPACES[..now]);
        left -= now;
    }
}

/// Whether a string needs no quotes, whoever reads it. It starts with a letter, `/` or `_` (so it is no number, date,
/// sexagesimal, indicator or directive), holds printable ASCII without quotes, brackets and backslashes, does not look
/// like a key or carry a comment, does not end in a blank, and is not one of [`WORDS`].
fn is_safe_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let starts_well = first.is_ascii_alphabetic() || matches!(first, b'/' | b'_');
    if !starts_well || matches!(last, b' ' | b':') || !bytes.iter().all(|&byte| is_plain_byte(byte)) {
        return false;
    }
    let ambiguous = bytes.windows(2).any(|pair| matches!(pair, b": " | b" #"));
    !ambiguous && !is_special_word(text)
}

fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'\\' | b'[' | b']' | b'{' | b'}' | b'`')
}

/// Whether some reader gives the word a meaning of its own. `e1` and `e+1` are NaN for npm's yaml 2 in its 1.1 mode
/// (`src/schema/yaml-1.1/float.ts`: the digits before the exponent are optional).
fn is_special_word(text: &str) -> bool {
    let exponent = text.strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['-', '+']).unwrap_or(rest));
    exponent.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        || (text.len() <= 8 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)))
}

/// Whether a string can be a literal block without an indentation indicator, and be read back unchanged: it has a line
/// feed, its first line begins with something visible, no line ends in a blank (editors strip those, and a last line of
/// blanks is read differently), and no character needs an escape.
fn is_safe_literal(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with(['\n', ' ', '\t'])
        && text.split('\n').all(|line| !line.ends_with([' ', '\t']) && is_of_visible(line))
}

/// Whether a line holds visible characters and tabs alone. Scripts are ASCII, whose bytes are quicker to look at.
fn is_of_visible(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) || line.chars().all(|c| c == '\t' || is_visible(c))
}

/// Appends a literal block, without the line feed that ends its last line.
fn write_literal(out: &mut String, text: &str, indent: usize) {
    let body = text.strip_suffix('\n');
    out.push_str(match body {
        None => "|-",
        Some(body) if body.ends_with('\n') => "|+",
        Some(_) => "|",
    });
    for line in body.unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            write_spaces(out, indent);
            out.push_str(line);
        }
    }
}

fn write_escape(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ => {
            let code = u32::from(c);
            match code {
                0..=0xFF => write!(out, "\\x{code:02X}"),
                0x100..=0xFFFF => write!(out, "\\u{code:04X}"),
                _ => write!(out, "\\U{code:08X}"),
            }
            .expect("writing to a String cannot fail");
        }
    }
}

/// Whether a character stands for itself: a reviewer sees it, and every reader takes it raw. Not so controls, line and
/// paragraph separators, blanks other than the space, zero-width and direction-changing characters (they can make a
/// reviewer read another text than the machine does), private use, variation selectors of the supplement, non-characters.
/// Fixed ranges, because tables that grow with the compiler would change the bytes written.
fn is_visible(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{A0}' | '\u{AD}' | '\u{61C}' | '\u{1680}' | '\u{180E}' | '\u{3000}' => false,
        _ => matches!(c, '\u{A1}'..='\u{1FFF}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}'
            | '\u{2070}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FEFE}' | '\u{FF00}'..='\u{FFEF}'
            | '\u{10000}'..='\u{1FFFD}' | '\u{20000}'..='\u{2FFFD}' | '\u{30000}'..='\u{3FFFD}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(text: &str) -> String {
        let mut out = String::new();
        write_value(&mut out, text, 0);
        out
    }

    #[test]
    fn ordinary_values_of_manifests_stay_plain() {
        let plain = "a cassandra /var/lib/cassandra _x http://host:9042/a?b=c&d True-ish e1x yesno kubernetes.io/name a#b \
            $(POD_IP) -> a=b,c a:b:c cassc/v1alpha1 Parallel IfNotPresent $x*|>%@!~";
        for text in plain.split_whitespace().filter(|text| !text.starts_with(['$', '-'])) {
            assert_eq!(value_of(text), text);
        }
        assert_eq!(
            value_of("a sentence, with (punctuation) - and dashes."),
            "a sentence, with (punctuation) - and dashes."
        );
    }

    #[test]
    fn what_a_reader_could_take_for_something_else_is_quoted() {
        let quoted = "y N yes Yes YES no on OFF true False null Nil NONE ~ = << .inf NaN Infinity e1 E99 e e+1 E-2 \
            0 9042 5.0 1_000 0x1F 0O17 017 1e3 .5 -1 +1 12:30 190:20:30 2020-01-01 1234_5678 16Gi \
            - -a --- ... %YAML &a *a !a |a >a ?a @a `a` 'a' [a] {a} {{x}} :a #a ,a a: a'b a[0] $x é";
        for text in quoted.split_whitespace() {
            assert_eq!(value_of(text), format!("\"{text}\""));
        }
        for text in ["", " ", " a", "a ", "a: b", "a #b", "a :", "# a", "- a"] {
            assert_eq!(value_of(text), format!("\"{text}\""));
        }
    }

    #[test]
    fn characters_that_nobody_sees_are_escaped() {
        let table = [
            ("a\tb", r#""a\tb""#),
            ("a\rb\r\n", r#""a\rb\r\n""#),
            ("say \"a\\b\"", r#""say \"a\\b\"""#),
            ("\0\u{1b}\u{7f}\u{85}\u{a0}", r#""\x00\x1B\x7F\x85\xA0""#),
            ("\u{2028}\u{feff}\u{ffff}", r#""\u2028\uFEFF\uFFFF""#),
            ("a\u{202e}b\u{200b}", r#""a\u202Eb\u200B""#),
            ("\u{e0001}", r#""\U000E0001""#),
            ("é日😀", r#""é日😀""#),
        ];
        for (text, expected) in table {
            assert_eq!(value_of(text), expected);
        }
    }

    #[test]
    fn texts_of_lines_are_literal_blocks_where_they_read_back_unchanged() {
        let table = [
            ("a\n", "|\n  a"),
            ("a\nb", "|-\n  a\n  b"),
            ("a\n\n", "|+\n  a\n"),
            ("a\n\n  b: é\n\tc\n", "|\n  a\n\n    b: é\n  \tc"),
            ("# x\n---\n", "|\n  # x\n  ---"),
            ("\n", r#""\n""#),
            ("\na\n", r#""\na\n""#),
            (" a\nb\n", r#"" a\nb\n""#),
            ("\ta\nb\n", r#""\ta\nb\n""#),
            ("a \nb\n", r#""a \nb\n""#),
            ("a\n\t\n", r#""a\n\t\n""#),
            ("a\n ", r#""a\n ""#),
            ("a\nb\r\n", r#""a\nb\r\n""#),
            ("a\n\u{2028}\n", r#""a\n\u2028\n""#),
        ];
        for (text, expected) in table {
            assert_eq!(value_of(text), expected);
        }
    }

    #[test]
    fn a_key_is_never_a_block() {
        let mut out = String::new();
        write_key(&mut out, "a\nb").expect("a short key has a text");
        assert_eq!(out, r#""a\nb""#);
    }

    #[test]
    fn the_first_unsafe_character_is_found_by_its_byte() {
        assert_eq!(unsafe_character("é\u{85}\u{7f}"), Some((2, '\u{85}')));
        assert_eq!(unsafe_character("a\u{ffff}"), Some((1, '\u{ffff}')));
        assert_eq!(unsafe_character("~\0\t\u{a0}\u{feff}\u{2028}é"), None);
    }
}
