//! Text from elsewhere, made fit to be sent and to be shown.

/// The text, or its beginning if it is longer than `limit` bytes.
pub fn short(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    const MORE: &str = "…";
    let beginning = &text[..text.floor_char_boundary(limit.saturating_sub(MORE.len()))];
    format!("{beginning}{MORE}")
}

#[cfg(test)]
mod tests;
