//! The place where images are kept.

use std::path::PathBuf;
use std::str::FromStr;

use crate::manager::address::Address;

/// One of the implementations of `Images`, with its address.
#[derive(Clone)]
pub enum Place {
    /// In the memory of the process.
    Memory,
    /// In a database.
    Database(Address),
}

impl Place {
    /// In a SQLite file, which is created if it does not exist; `:memory:` uses no file.
    pub fn file(file: impl Into<PathBuf>) -> Self {
        Self::Database(Address::File(file.into()))
    }
}

/// `memory`, `sqlite:FILE` or `postgres://…`
impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("sqlite", file)) => Ok(Self::file(file.strip_prefix("//").unwrap_or(file))),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Database(Address::server(text)?)),
            _ => Err("expected memory, sqlite:FILE or postgres://…"),
        }
    }
}

#[cfg(test)]
mod tests;
