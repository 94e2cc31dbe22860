//! The address of a database.

use std::fmt;
use std::path::{Path, PathBuf};

use reqwest::Url;

/// A file of SQLite, or a server of PostgreSQL.
#[derive(Clone)]
pub enum Address {
    /// Made if there is none; `:memory:` for none.
    File(PathBuf),
    /// With the name of a user, and perhaps a password.
    Server(Url),
}

impl Address {
    /// Reads `postgres://…`.
    pub(super) fn server(text: &str) -> Result<Self, &'static str> {
        if !cfg!(feature = "postgres") {
            return Err("PostgreSQL needs `cargo run --features postgres`");
        }
        let url: Url = text.parse().map_err(|_| "it is no URL")?;
        Ok(Self::Server(url))
    }

    /// As a driver wants it. `None` for a path that cannot be written so.
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

    /// Whether there is a database for each connection, which goes with it.
    pub(super) fn is_of_one_connection(&self) -> bool {
        matches!(self, Self::File(file) if file == Path::new(":memory:") || file == Path::new(""))
    }
}

/// For people: without a password.
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
