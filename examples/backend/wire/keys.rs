//! Parsing of keys.

/// Accepts a name that fits into a header and contains no colon.
pub fn access_key(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b':')
    {
        return Err("expected ASCII letters, digits and punctuation, but no colon");
    }
    Ok(text.to_owned())
}

/// Accepts any secret that is not empty, because the error message would show the value.
pub fn secret_key(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("it is empty");
    }
    Ok(text.to_owned())
}
