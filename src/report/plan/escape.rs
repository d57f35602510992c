//! Texts of users, made safe for where they are shown. A terminal must not obey them, and Markdown must show them as
//! they are: no markup, no broken table, no user mentioned, no issue linked. Called by the text and the Markdown of
//! plans.

use super::super::visible::{replaced, visible};

/// What is shown for nothing.
const EMPTY: &str = "\"\"";

/// A text of one line: control and invisible characters as escapes (`\n`, `\u{1b}`).
pub(super) fn shown(text: &str) -> String {
    if text.is_empty() {
        return EMPTY.to_owned();
    }
    visible(text)
}

/// A text of several lines, as [`shown`].
pub(super) fn shown_lines(text: &str) -> Vec<String> {
    text.trim_end().split('\n').map(visible).collect()
}

/// A value as code, wherever Markdown is read: in backticks, or where these would not do (a backtick, a `|` in a table)
/// as an element with entities.
pub(super) fn code(text: &str) -> String {
    let text = shown(text);
    let is_plain = !text.contains(['`', '|']) && text.trim() == text;
    if is_plain { format!("`{text}`") } else { html_code(&text) }
}

/// A value as code where HTML is read, as in a `<summary>`; Markdown shows it likewise.
pub(super) fn html_code(text: &str) -> String {
    format!("<code>{}</code>", entities(&shown(text)))
}

/// A sentence where HTML is read. Nobody is mentioned: an invisible space stands behind each `@`.
pub(super) fn html(text: &str) -> String {
    entities(&shown(text)).replace("&#64;", "&#64;&#8203;").replace("&#35;", "&#35;&#8203;")
}

/// All punctuation that means anything to HTML or Markdown, as entities: these are never read as markup.
fn entities(text: &str) -> String {
    let is_harmless = |character| matches!(character, ',' | '.' | '-' | '/' | '(' | ')' | ';');
    replaced(text, |it| (it.is_ascii_punctuation() && !is_harmless(it)).then(|| entity(it)))
}

fn entity(character: char) -> String {
    format!("&#{};", u32::from(character))
}

/// A sentence in Markdown. Names in backticks become code, line breaks stay, everything else is shown as it is written.
pub(super) fn prose(text: &str) -> String {
    shown_lines(text).iter().map(|line| prose_line(line)).collect::<Vec<_>>().join("<br>")
}

fn prose_line(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    let is_balanced = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|name| !name.is_empty());
    if !is_balanced {
        return words(line);
    }
    let part = |(position, part): (usize, &&str)| if position % 2 == 1 { code(part) } else { words(part) };
    parts.iter().enumerate().map(part).collect()
}

fn words(text: &str) -> String {
    replaced(text, |character| match character {
        '\\' | '*' | '_' | '[' | ']' | '~' => Some(format!("\\{character}")),
        // GitHub looks for mentions and issues after Markdown was read: only what is in between keeps it from them.
        '@' | '#' => Some(format!("{character}&#8203;")),
        '`' | '<' | '>' | '&' | '|' | '$' => Some(entity(character)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_obey_nothing_and_hidden_characters_are_seen() {
        assert_eq!(shown("a\x1b[2J\r\n\tb"), "a\\u{1b}[2J\\r\\n\\tb");
        assert_eq!(shown("user\u{202e}nimda\u{200b}"), "user\\u{202e}nimda\\u{200b}");
        assert_eq!(shown(""), "\"\"");
        assert_eq!(shown("größer 大"), "größer 大");
        assert_eq!(shown_lines("a\x07\nb\n"), ["a\\u{7}", "b"]);
    }

    #[test]
    fn names_are_plain_code_and_hostile_names_are_entities() {
        assert_eq!(code("cassandra.config.num_tokens"), "`cassandra.config.num_tokens`");
        assert_eq!(code("a@b <c>"), "`a@b <c>`");
        assert_eq!(code("a|b`c"), "<code>a&#124;b&#96;c</code>");
        assert_eq!(code(" a "), "<code> a </code>");
        assert_eq!(html_code("</summary>@b"), "<code>&#60;/summary&#62;&#64;b</code>");
    }

    #[test]
    fn sentences_keep_their_code_and_lose_their_markup() {
        assert_eq!(prose("rack `r1` of *dc1*"), "rack `r1` of \\*dc1\\*");
        assert_eq!(prose("ask @admins about #12"), "ask @&#8203;admins about #&#8203;12");
        assert_eq!(prose("an odd ` backtick <b>"), "an odd &#96; backtick &#60;b&#62;");
        assert_eq!(prose("one\ntwo\n"), "one<br>two");
        assert_eq!(html("@all: 2 racks"), "&#64;&#8203;all&#58; 2 racks");
    }
}
