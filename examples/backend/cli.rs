//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use aobject::{BoxError, Close};
use clap::{Parser, Subcommand};
use reqwest::Url;

use crate::journal::{Journal, say};
use crate::manager::Manager;
use crate::session::Session;
use crate::{signal, tour};

/// A small backend made of objects; without a command, a tour of it.
#[derive(Parser)]
#[command(name = "backend", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The server side.
    #[command(subcommand)]
    Manager(ManagerCommand),
    /// Opens a session, prints the version that both sides speak, and closes it.
    Session {
        /// Where the manager answers.
        #[arg(long, value_name = "URL")]
        endpoint: Url,
        /// How many seconds the manager may take to answer.
        #[arg(long, value_name = "SECONDS", default_value = "10")]
        timeout: u64,
    },
}

#[derive(Subcommand)]
enum ManagerCommand {
    /// Runs a manager until Ctrl-C or SIGTERM.
    Serve {
        /// The address to answer at; port 0 takes a free one.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
        /// The file that holds the database, made if there is none.
        #[arg(long, value_name = "FILE")]
        database: PathBuf,
    },
}

impl Cli {
    pub(crate) async fn run(self) -> Result<(), BoxError> {
        match self.command {
            None => tour::run().await,
            Some(Command::Manager(ManagerCommand::Serve { listen, database })) => {
                serve(listen, database).await
            }
            Some(Command::Session { endpoint, timeout }) => {
                greet(endpoint, Duration::from_secs(timeout)).await
            }
        }
    }
}

async fn serve(listen: SocketAddr, database: PathBuf) -> Result<(), BoxError> {
    // From here on a signal ends the program through the door, also while the manager is starting.
    let stop = signal::stop()?;
    tokio::pin!(stop);
    let journal = Journal::new();
    let manager = tokio::select! {
        started = journal.timed("manager", Manager::new(listen, database, journal.within("manager"))) => started?,
        // The start is dropped; what it had made is closed by the time `main` has drained.
        () = &mut stop => return Ok(()),
    };
    say(format_args!("listening on {}", manager.endpoint()));
    stop.await;
    say("stopping");
    manager.close().await?;
    Ok(())
}

async fn greet(endpoint: Url, limit: Duration) -> Result<(), BoxError> {
    let session = Session::new(endpoint).timeout(limit).await?;
    if let Some(warning) = session.warning() {
        eprintln!("warning: {warning}");
    }
    say(session.version());
    session.close().await?;
    Ok(())
}
