//! Texts of users where a terminal or a log shows them: control and invisible characters are written as escapes. Called
//! by the reports and by the command line.

/// A text with an escape (`\n`, `\u{1b}`) for each control or invisible character.
pub(crate) fn visible(text: &str) -> String {
    replaced(text, |character| is_hidden(character).then(|| character.escape_default().to_string()))
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
