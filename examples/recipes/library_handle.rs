//! Learn: a library whose handle is an object, with a name and an error type of its own.
//!
//! Its users see `Client`, `connect` and `close`, and need not know what is inside. A dropped client closes in the
//! background. Of cloned clients, the last one closes.

#[expect(unreachable_pub, reason = "it stands for a crate of its own")]
mod client {
    use std::fmt;
    use std::time::Duration;

    use aobject::{AObject, BoxError, Shared};

    /// A connection. Dropping the last clone closes it in the background.
    #[derive(Clone)]
    pub struct Client {
        inner: Shared<Inner>,
    }

    /// Why a client could not be connected or closed.
    #[derive(Debug)]
    pub struct Error(aobject::Error);

    #[derive(AObject)]
    #[aobject(init_timeout = Duration::from_secs(5), close_timeout = Duration::from_secs(5))]
    struct Inner {
        #[aobject(into)]
        host: String,
        #[aobject(init = open(host).await?, close = println!("{session} has ended"))]
        session: String,
    }

    async fn open(host: &str) -> Result<String, BoxError> {
        match host {
            "" => Err("a host is needed".into()),
            _ => Ok(format!("a session with {host}")),
        }
    }

    impl Client {
        /// Connects.
        ///
        /// # Errors
        ///
        /// Fails if the host does not answer. Nothing is left open.
        pub async fn connect(host: impl Into<String>) -> Result<Self, Error> {
            let inner = Inner::new(host).await.map_err(Error)?;
            Ok(Self {
                inner: inner.share(),
            })
        }

        /// The host that it is connected to.
        pub fn host(&self) -> &str {
            &self.inner.host
        }

        /// Releases this clone, and ends the session if it was the last.
        ///
        /// # Errors
        ///
        /// Fails if the session could not be ended cleanly.
        pub async fn close(self) -> Result<(), Error> {
            self.inner.release().await.map_err(Error)
        }
    }

    impl fmt::Display for Error {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the client failed")
        }
    }

    impl std::error::Error for Error {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
}

use std::error::Error;

use client::Client;

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), client::Error> {
    let client = Client::connect("example").await?;
    let clone = client.clone();
    client.close().await?;
    println!("still connected to {}", clone.host());
    clone.close().await?;
    if let Err(error) = Client::connect("").await
        && let Some(source) = error.source()
    {
        println!("{error}: {source:#}");
    }
    Ok(())
}
