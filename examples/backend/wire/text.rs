//! Text from other machines, made safe to send and to show.

use serde::{Deserialize, Deserializer};

/// Replaces a character that a terminal would obey.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// The text as one line, without characters that a terminal would obey.
pub fn plain(text: &str) -> String {
    let letter = |letter| match letter {
        '\n' | '\r' | '\t' => ' ',
        letter if is_obeyed(letter) => REPLACEMENT,
        letter => letter,
    };
    text.chars().map(letter).collect()
}

/// The same, with its line breaks.
pub fn plain_lines(text: &str) -> String {
    let letter = |letter| match letter {
        '\n' => '\n',
        letter if is_obeyed(letter) => REPLACEMENT,
        letter => letter,
    };
    text.chars().map(letter).collect()
}

/// Control characters, and characters that change the text direction.
fn is_obeyed(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Deserializes a string as [`plain`] text.
pub fn plain_string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| plain(&text))
}

/// Deserializes a list of such strings.
pub fn plain_strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    Ok(texts.iter().map(|text| plain(text)).collect())
}

/// The text, cut off if it is longer than `limit` bytes.
pub fn short(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    const MORE: &str = "…";
    let beginning = &text[..text.floor_char_boundary(limit.saturating_sub(MORE.len()))];
    format!("{beginning}{MORE}")
}

/// A suffix that states the reason, or nothing if there is no reason.
pub fn because(reason: &str) -> String {
    match reason.trim() {
        "" => String::new(),
        reason => format!(": {reason}"),
    }
}

#[cfg(test)]
mod tests;
