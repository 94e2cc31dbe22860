//! The types that the README's fragments use.

use std::time::Duration;

use tokio::time::sleep;

pub(super) type Error = std::io::Error;

#[derive(Default)]
pub(super) struct Config {
    pub(super) store: String,
    pub(super) cache: String,
}

pub(super) struct Store;
pub(super) struct Cache;
pub(super) struct Index;

impl Store {
    pub(super) async fn open(_: &str) -> Result<Self, Error> {
        sleep(Duration::from_millis(40)).await;
        Ok(Self)
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        Ok(())
    }
}

impl Cache {
    pub(super) async fn open(_: &str) -> Result<Self, Error> {
        sleep(Duration::from_millis(15)).await;
        Ok(Self)
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        Ok(())
    }
}

impl Index {
    pub(super) async fn build(_: &Store, _: &Cache) -> Result<Self, Error> {
        sleep(Duration::from_millis(30)).await;
        Ok(Self)
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        Ok(())
    }
}
