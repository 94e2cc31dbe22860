//! The inline captures of a format string: `{name}`, `{name:?}`, `{:width$.precision$}`.

/// The contents of each position where a capture may be, in order. Not every one is a name.
pub(crate) fn captures(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let end = rest.find(['{', '}']).unwrap_or(rest.len());
        if rest[end..].starts_with('}') {
            argument(&rest[..end], &mut found);
        }
        rest = &rest[end..];
    }
    found
}

/// `name:spec`, where both parts are optional.
fn argument(text: &str, found: &mut Vec<String>) {
    let (name, spec) = text.split_once(':').unwrap_or((text, ""));
    found.push(name.trim().to_owned());
    let mut counts: Vec<&str> = spec.split('$').collect();
    // Anything after the last `$` is not a count.
    counts.pop();
    found.extend(counts.into_iter().map(count));
}

/// The name before a `$`, without the fill, the flags or the `.` in front of it.
fn count(text: &str) -> String {
    let word = text
        .rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .next()
        .unwrap_or_default();
    // `{:0width$}` is the flag `0`, then the name.
    word.trim_start_matches(|letter: char| letter.is_ascii_digit())
        .to_owned()
}

#[cfg(test)]
mod tests;
