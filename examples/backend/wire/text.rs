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

/// What follows a statement to say why; nothing if there is no reason.
pub fn because(reason: &str) -> String {
    match reason.trim() {
        "" => String::new(),
        reason => format!(": {reason}"),
    }
}

#[cfg(test)]
mod tests;
