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
    /// Runs a manager until Ctrl-C or SIGTERM. On SIGHUP, the manager reloads its keys and its announcement.
    Serve(Box<Serve>),
    /// Prints the parts of a manager and their dependencies as a Mermaid diagram.
    Graph,
}

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    keys: Keys,
    /// The address to listen on. With port 0, the system chooses a free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    #[command(flatten)]
    images: Images,
    /// Looks for images in FOLDER, an OCI image layout. Can be given several times.
    #[arg(short, long, value_name = "NAME=FOLDER", value_parser = named_folder)]
    registry: Vec<(String, PathBuf)>,
    /// Reads the same from a JSON file, such as {"stable": "folder", …}.
    #[arg(long, value_name = "FILE")]
    registries: Option<PathBuf>,
    /// The announcement that every session gets first.
    #[arg(long, value_name = "TEXT")]
    announcement: Option<String>,
    /// Reads keys and announcement from a JSON file, {"keys": {"access": …, "secret": …}, "announcement": …}, now and
    /// on each SIGHUP. The other options fill in what the file leaves out.
    #[arg(long, value_name = "FILE")]
    reload: Option<PathBuf>,
}

/// Where to keep the images: one of the two options.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Images {
    /// Keeps the images in memory, sqlite:FILE or postgres://…. Pass a password in PGPASSWORD, because other users can
    /// see arguments.
    #[arg(long, value_name = "WHERE")]
    images: Option<Place>,
    /// The same as `--images sqlite:FILE`. The file is created if it does not exist; `:memory:` uses no file.
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
    /// Events are printed until every object is closed.
    fn run(self) -> Result<Result<(), BoxError>, Stopped> {
        let (narrator, timeline) = (Narrator::new(), Timeline::new());
        // Only errors go to standard error.
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
        // From here on, SIGHUP does not end the process.
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

/// Runs until a signal arrives, or until the output can no longer be written.
async fn serve(manager: &Manager, mut hangups: Hangups) -> Result<(), Unwritten> {
    // From here on, a signal ends the loop below. An earlier signal ends the start, which is then rolled back.
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

/// Parses `NAME=FOLDER`.
fn named_folder(text: &str) -> Result<(String, PathBuf), BoxError> {
    match text.split_once('=') {
        Some((name, folder)) if !name.is_empty() && !folder.is_empty() => {
            Ok((name.into(), folder.into()))
        }
        _ => Err("expected NAME=FOLDER".into()),
    }
}
