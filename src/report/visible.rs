//! Texts of users where a terminal or a log shows them: control and invisible characters are written as escapes. Called
//! by the reports and by the command line.

use serde::Serialize;

/// A text with an escape (`\n`, `\u{1b}`) for each control or invisible character.
pub(crate) fn visible(text: &str) -> String {
    replaced(text, |character| is_hidden(character).then(|| character.escape_default().to_string()))
}

/// The same of a text of several lines, whose line breaks stay.
pub(crate) fn visible_lines(text: &str) -> String {
    let escape = |character: char| character.escape_default().to_string();
    replaced(text, |character| (is_hidden(character) && character != '\n').then(|| escape(character)))
}

/// A value as JSON for programs and logs: pretty, a newline at the end, and an escape (`\u009b`) for each control or
/// invisible character in its strings, so that a terminal that prints it obeys nothing.
pub(crate) fn json_text(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("a report is JSON") + "\n";
    let escape = |character: char| {
        let units: Vec<String> =
            character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        units.concat()
    };
    replaced(&text, |character| (is_hidden(character) && character != '\n').then(|| escape(character)))
}

/// A text with some of its characters replaced.
pub(super) fn replaced(text: &str, replacement: impl Fn(char) -> Option<String>) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match replacement(character) {
            Some(replacement) => result.push_str(&replacement),
            None => result.push(character),
        }
    }
    result
}

/// Controls, and what Unicode has to reorder or hide text (Trojan Source, CVE-2021-42574).
pub(super) fn is_hidden(character: char) -> bool {
    let formats = matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let ranges = matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    character.is_control() || formats || ranges || matches!(character, '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_reads_as_before_and_holds_no_hidden_character() {
        let text = "a\u{9b}2J\u{202e}\n\u{e0041}\u{1b}größe 大";
        let written = json_text(&[text]);
        assert_eq!(written, "[\n  \"a\\u009b2J\\u202e\\n\\udb40\\udc41\\u001bgröße 大\"\n]\n");
        let read: Vec<String> = serde_json::from_str(&written).expect("it is JSON");
        assert_eq!(read, [text]);
    }
}
