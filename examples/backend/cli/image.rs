//! `backend image …`

use std::time::Duration;

use aobject::BoxError;
use backend::output::{say, warn};
use backend::session::Session;
use backend::session::announcement::Listener;
use backend::session::remote::Remote;
use backend::wire::HEARTBEAT;
use backend::wire::image::Image;
use clap::{Args, Subcommand};
use reqwest::Url;

use crate::cli::follow::follow;
use crate::cli::keys::Keys;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Asks the manager to look for images, and follows the task until its end.
    ///
    /// Damaged images are reported, but do not make the command fail. Ctrl-C ends the command, not the search.
    Rescan {
        #[command(flatten)]
        manager: Manager,
        /// Looks only in this registry.
        #[arg(short, long, value_name = "NAME")]
        registry: Option<String>,
    },
    /// Lists the images of the manager.
    List {
        #[command(flatten)]
        manager: Manager,
    },
}

#[derive(Args)]
pub(super) struct Manager {
    /// The URL of the manager.
    #[arg(
        long,
        value_name = "URL",
        env = "BACKEND_ENDPOINT",
        default_value = "http://127.0.0.1:8090/"
    )]
    endpoint: Url,
    #[command(flatten)]
    keys: Keys,
    /// How many seconds the manager may be silent, at least 3.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
}

fn seconds(text: &str) -> Result<Duration, BoxError> {
    Ok(Duration::try_from_secs_f64(text.parse()?)?)
}

impl Command {
    pub(super) async fn run(self) -> Result<(), BoxError> {
        match self {
            Self::Rescan { manager, registry } => {
                manager
                    .session(None, async |session| rescan(session, registry).await)
                    .await
            }
            Self::List { manager } => manager.session(Some(Box::new(announce)), list).await,
        }
    }
}

impl Manager {
    /// Opens a session, uses the session, and closes it even if the use fails or a signal ends the program.
    async fn session(
        self,
        listener: Option<Listener>,
        body: impl AsyncFnOnce(&Session) -> Result<(), BoxError>,
    ) -> Result<(), BoxError> {
        let timeout = self.timeout.max(HEARTBEAT);
        if timeout > self.timeout {
            warn(format_args!(
                "warning: --timeout raised to {timeout:?}: a healthy manager may be silent for that long"
            ))?;
        }
        let remote = Remote {
            endpoint: self.endpoint,
            keys: self.keys.into(),
            patience: timeout,
        };
        let session = Session::new(remote, listener).timeout(timeout);
        session
            .with(async |session| {
                for warning in session.warnings() {
                    warn(format_args!("warning: {warning}"))?;
                }
                body(session).await
            })
            .await
    }
}

async fn rescan(session: &Session, registry: Option<String>) -> Result<(), BoxError> {
    let task_id = session.rescan(registry).await?;
    follow(session, task_id).await
}

async fn list(session: &Session) -> Result<(), BoxError> {
    for image in session.images().await? {
        let Image {
            registry,
            name,
            tag,
            architecture,
            digest,
            size_bytes,
        } = image;
        say(format_args!(
            "{registry}  {name}:{tag}  {architecture}  {size_bytes}  {digest}"
        ))?;
    }
    Ok(())
}

fn announce(message: &str) -> Result<(), BoxError> {
    Ok(warn(format_args!("announcement: {message}"))?)
}
