//! Keys as people write them.

/// A name that can be sent: in a header, and in front of a colon.
pub fn access_key(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b':')
    {
        return Err("expected ASCII letters, digits and signs, and no colon");
    }
    Ok(text.to_owned())
}

/// A secret. An error shows the value, so none is refused that could be one.
pub fn secret_key(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("it is empty");
    }
    Ok(text.to_owned())
}
