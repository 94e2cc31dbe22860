//! What `cargo run` shows.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use aobject::{AObject, BoxError, Live};
use tokio::fs;

use crate::journal::{Journal, Timed, say};
use crate::manager::Manager;
use crate::session::Session;

/// A free port, and no one from outside.
const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Everything that the tour opens: a manager in a temporary folder, and a session with it.
#[derive(AObject)]
struct Tour {
    journal: Journal,
    #[aobject(init = create_folder().await?, close = fs::remove_dir_all(folder).await)]
    folder: PathBuf,
    #[aobject(init = {
        let manager = Manager::new(LOOPBACK, folder.join("manager.db"), journal.within("manager"));
        journal.timed("manager", manager).await?
    })]
    manager: Timed<Live<Manager>>,
    #[aobject(init = journal.timed("session", Session::new(manager.endpoint().parse()?)).await?)]
    session: Timed<Live<Session>>,
}

/// Starts it, uses it, fails once, and closes it.
pub(crate) async fn run() -> Result<(), BoxError> {
    let journal = Journal::new();

    say("A manager, and a session with it. What does not need each other starts at the same time:\n");
    let tour = Tour::new(journal.clone()).await?;
    say(format_args!("\nThe session speaks {} with {}.", tour.session.version(), tour.manager.endpoint()));
    let visits = tour.manager.visits().await?;
    say(format_args!("Visits so far: {visits}.\n"));

    say("A second manager at the same address fails, and leaves nothing open:\n");
    fail(&tour, &journal).await;

    say("Closing, what uses before what is used:\n");
    tour.close().await?;

    say(format_args!("\nWhat was open from when to when:\n\n{}", journal.summary()));
    Ok(())
}

async fn fail(tour: &Tour, journal: &Journal) {
    let second =
        Manager::new(tour.manager.address(), tour.folder.join("second.db"), journal.within("second"));
    match second.await {
        Ok(_) => say("\nIt did not: two listen at one address.\n"),
        Err(error) => say(format_args!("\n{error}\n")),
    }
}

async fn create_folder() -> io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("aobject-tour-{}", std::process::id()));
    fs::create_dir(&folder).await?;
    Ok(folder)
}
