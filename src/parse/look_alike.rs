//! Characters that look like a space, a quote or an indicator of YAML, or like nothing at all: what editors, chats and web
//! pages put in their place. Called by [`super::cause`].

/// A character that is not what it seems to be.
pub(super) struct LookAlike {
    /// What is wrong with it.
    pub(super) message: String,
    /// What to do.
    pub(super) help: String,
}

/// What a character is taken for.
enum Seems {
    /// A space; its name.
    Space(&'static str),
    /// Nothing; its name.
    Nothing(&'static str),
    /// A quote, which begins or ends a text.
    Quote(char),
    /// The dash before an element of a list.
    Dash,
    /// An indicator of YAML.
    Indicator(char),
}

/// The character at a byte, if it is one of them and stands where it matters: spaces and invisible characters anywhere,
/// quotes at the start of a text, dashes at the start of a line. `is_value`: the text around it is the whole value.
pub(super) fn look_alike(text: &str, byte: usize, character: char, is_value: bool) -> Option<LookAlike> {
    let seems = seems(character)?;
    let before = text[..byte].chars().next_back().unwrap_or('\n');
    let line_start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    let code = format!("U+{:04X}", u32::from(character));
    let (message, help) = match seems {
        Seems::Space(name) => (format!("{code} ({name}) is not a space in YAML"), "replace it with a space".to_owned()),
        Seems::Nothing(name) => (format!("{code} ({name}) is invisible"), "remove it".to_owned()),
        Seems::Quote(quote) if is_value || before.is_whitespace() || matches!(before, '{' | '[' | ',' | ':') => {
            (format!("`{character}` ({code}) is not a quote in YAML"), format!("write `{quote}`, or no quotes"))
        }
        Seems::Dash if text[line_start..byte].trim().is_empty() => {
            (format!("`{character}` ({code}) is not the `-` of YAML"), "write `-`".to_owned())
        }
        Seems::Dash if is_value => (format!("`{character}` ({code}) is not a hyphen"), "write `-`".to_owned()),
        Seems::Indicator(sign) => (format!("`{character}` ({code}) is not `{sign}`"), format!("write `{sign}`")),
        Seems::Quote(_) | Seems::Dash => return None,
    };
    Some(LookAlike { message, help })
}

fn seems(character: char) -> Option<Seems> {
    Some(match character {
        '\u{a0}' => Seems::Space("no-break space"),
        '\u{202f}' => Seems::Space("narrow no-break space"),
        '\u{3000}' => Seems::Space("ideographic space"),
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' => Seems::Space("a space of typography"),
        '\u{85}' | '\u{2028}' | '\u{2029}' => Seems::Space("a line separator"),
        '\u{feff}' => Seems::Nothing("byte order mark"),
        '\u{200b}' => Seems::Nothing("zero-width space"),
        '\u{200c}' | '\u{200d}' | '\u{2060}' => Seems::Nothing("zero-width joiner"),
        '\u{ad}' => Seems::Nothing("soft hyphen"),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Seems::Nothing("direction of text")
        }
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' | '\u{ff02}' => Seems::Quote('"'),
        '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' | '\u{b4}' | '\u{2032}' | '\u{ff07}' => Seems::Quote('\''),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Seems::Dash,
        '\u{ff1a}' | '\u{fe55}' | '\u{a789}' => Seems::Indicator(':'),
        '\u{ff0c}' | '\u{fe50}' | '\u{3001}' => Seems::Indicator(','),
        '\u{ff5b}' => Seems::Indicator('{'),
        '\u{ff5d}' => Seems::Indicator('}'),
        '\u{ff3b}' => Seems::Indicator('['),
        '\u{ff3d}' => Seems::Indicator(']'),
        '\u{ff03}' => Seems::Indicator('#'),
        _ => return None,
    })
}
