//! The address of a database.

use std::fmt;
use std::path::{Path, PathBuf};

use reqwest::Url;

/// A SQLite file, or a PostgreSQL server.
#[derive(Clone)]
pub enum Address {
    /// The file is created if it does not exist; `:memory:` uses no file.
    File(PathBuf),
    /// With the name of a user, and possibly a password.
    Server(Url),
}

impl Address {
    /// Parses `postgres://…`.
    pub(super) fn server(text: &str) -> Result<Self, &'static str> {
        if !cfg!(feature = "postgres") {
            return Err("PostgreSQL needs `cargo run --features postgres`");
        }
        let url: Url = text.parse().map_err(|_| "it is not a URL")?;
        Ok(Self::Server(url))
    }

    /// The URL for the driver, or `None` if the path cannot be part of a URL.
    pub(super) fn to_url(&self) -> Option<String> {
        match self {
            Self::File(file) if file == Path::new(":memory:") => Some("sqlite::memory:".to_owned()),
            Self::File(file) if file == Path::new("") => Some("sqlite:".to_owned()),
            Self::File(file) => {
                let file = Url::from_file_path(std::path::absolute(file).ok()?).ok()?;
                Some(format!("sqlite://{}?mode=rwc", file.path()))
            }
            Self::Server(url) => Some(url.to_string()),
        }
    }

    /// Whether each connection has a database of its own, which is deleted with the connection.
    pub(super) fn is_of_one_connection(&self) -> bool {
        matches!(self, Self::File(file) if file == Path::new(":memory:") || file == Path::new(""))
    }
}

/// Shown to people, so without the password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::Server(url) => {
                let host = url.host_str().unwrap_or_default();
                write!(f, "{}://{host}", url.scheme())?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                f.write_str(url.path())
            }
        }
    }
}

#[cfg(test)]
mod tests;
