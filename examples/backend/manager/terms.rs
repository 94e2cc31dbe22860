//! The settings for sessions that last until the next reload.

use std::fmt::Display;
use std::path::PathBuf;

use aobject::{AObject, BoxError};
use serde::Deserialize;
use tokio::fs;

use crate::wire::keys::{access_key, secret_key};
use crate::wire::signing::KeyPair;

/// The keys that must sign the requests, and the announcement. A file replaces the values that it contains.
#[derive(AObject)]
#[aobject(init = Self::read)]
pub(super) struct Terms {
    pub(super) keys: KeyPair,
    pub(super) announcement: Option<String>,
    file: Option<PathBuf>,
}

/// The format of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    keys: Option<Keys>,
    announcement: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    access: String,
    secret: String,
}

impl Terms {
    async fn read(&mut self) -> Result<(), BoxError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let about = |error: &dyn Display| format!("{}: {error}", file.display());
        let text = fs::read(file).await.map_err(|error| about(&error))?;
        let Written { keys, announcement } =
            serde_json::from_slice(&text).map_err(|error| about(&error))?;
        if let Some(Keys { access, secret }) = keys {
            self.keys = KeyPair {
                access: access_key(&access).map_err(|why| about(&format_args!("access: {why}")))?,
                secret: secret_key(&secret).map_err(|why| about(&format_args!("secret: {why}")))?,
            };
        }
        if let Some(announcement) = announcement {
            self.announcement = Some(announcement).filter(|text| !text.is_empty());
        }
        Ok(())
    }
}
