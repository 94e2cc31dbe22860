//! `backend manager …`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use aobject::timeline::Timeline;
use aobject::{AObject, BoxError, Runner, Stopped, stopped};
use backend::causes::causes;
use backend::manager::settings::Settings;
use backend::manager::{Folders, Manager, Place};
use backend::output::{Unwritten, say, warn};
use clap::{Args, Subcommand};

use crate::cli::hangups::Hangups;
use crate::cli::keys::Keys;
use crate::narrator::Narrator;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Runs a manager until Ctrl-C or SIGTERM. At SIGHUP it reads keys and announcement again.
    Serve(Box<Serve>),
    /// Prints what a manager is made of, and which part uses which, as a Mermaid diagram.
    Graph,
}

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    keys: Keys,
    /// The address to answer at; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    #[command(flatten)]
    images: Images,
    /// Looks for images in FOLDER, an OCI image layout. Can be given more than once.
    #[arg(short, long, value_name = "NAME=FOLDER", value_parser = named_folder)]
    registry: Vec<(String, PathBuf)>,
    /// The same from a JSON file, as {"stable": "folder", …}.
    #[arg(long, value_name = "FILE")]
    registries: Option<PathBuf>,
    /// What to tell every session first.
    #[arg(long, value_name = "TEXT")]
    announcement: Option<String>,
    /// Takes keys and announcement from a JSON file, as {"keys": {"access": …, "secret": …}, "announcement": …}, now and at
    /// each SIGHUP. What it does not have stays as the options say.
    #[arg(long, value_name = "FILE")]
    reload: Option<PathBuf>,
}

/// Where the images are kept: one of the two.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Images {
    /// Keeps the images in a class and a place: memory, sqlite:FILE or postgres://…. A password is better in
    /// PGPASSWORD: arguments can be seen by others.
    #[arg(long, value_name = "WHERE")]
    images: Option<Place>,
    /// The same as `--images sqlite:FILE`: made if there is none; `:memory:` for none.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
}

impl From<Images> for Place {
    fn from(Images { images, database }: Images) -> Self {
        images.unwrap_or_else(|| Self::file(database.unwrap_or_default()))
    }
}

impl Command {
    pub(super) fn run(self) -> Result<Result<(), BoxError>, Stopped> {
        match self {
            Self::Serve(serve) => serve.run(),
            Self::Graph => Runner::new().run(async {
                let graph = Manager::blueprint().to_mermaid();
                Ok(say(graph.trim_end())?)
            }),
        }
    }
}

impl Serve {
    /// Events are printed until everything is closed.
    fn run(self) -> Result<Result<(), BoxError>, Stopped> {
        let (narrator, timeline) = (Narrator::new(), Timeline::new());
        // Standard error is for errors alone.
        let runner = Runner::new()
            .notice_after(Duration::ZERO)
            .observe(narrator.observer());
        let runner = runner.observe(timeline.observer());
        runner.run(async {
            self.serve(timeline).await?;
            Ok(narrator.written()?)
        })
    }

    async fn serve(self, timeline: Timeline) -> Result<(), BoxError> {
        // From here on SIGHUP does not end the process.
        let hangups = Hangups::new()?;
        let settings = self.settings().await?;
        let manager = Manager::new(settings, timeline).await?;
        let served = serve(&manager, hangups).await;
        manager.close().await?;
        Ok(served?)
    }

    async fn settings(self) -> Result<Settings, BoxError> {
        let Self {
            keys,
            listen,
            images,
            registry,
            registries,
            announcement,
            reload,
        } = self;
        let mut known = match registries {
            Some(file) => Folders::read(&file).await?,
            None => Folders::default(),
        };
        known.extend(registry);
        Ok(Settings {
            listen,
            images: images.into(),
            registries: known,
            keys: keys.into(),
            announcement,
            reload,
        })
    }
}

/// Runs until a signal, or until nobody can see that it does.
async fn serve(manager: &Manager, mut hangups: Hangups) -> Result<(), Unwritten> {
    // From here on a signal ends it here. Before, it has ended the start, and what was made is closed.
    let mut stopped = pin!(stopped());
    say(format_args!("listening on {}", manager.endpoint()))?;
    loop {
        tokio::select! {
            () = &mut stopped => return say("stopping"),
            () = hangups.next() => match manager.reload().await {
                Ok(()) => say("reloaded")?,
                Err(error) => warn(format_args!("error: not reloaded: {}", causes(&error)))?,
            },
        }
    }
}

/// Reads `NAME=FOLDER`.
fn named_folder(text: &str) -> Result<(String, PathBuf), BoxError> {
    match text.split_once('=') {
        Some((name, folder)) if !name.is_empty() && !folder.is_empty() => {
            Ok((name.into(), folder.into()))
        }
        _ => Err("expected NAME=FOLDER".into()),
    }
}
