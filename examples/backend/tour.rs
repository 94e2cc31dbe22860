//! The tour that `cargo run` shows.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aobject::timeline::Timeline;
use aobject::{AObject, BoxError, Live, Runner, Stopped};
use backend::causes::causes;
use backend::manager::settings::Settings;
use backend::manager::{Folders, Manager, Place};
use backend::oci::write::Writer;
use backend::output::{Unwritten, say};
use backend::session::Session;
use backend::session::remote::Remote;
use backend::wire::signing::KeyPair;
use tokio::fs;

use crate::cli::follow::follow;
use crate::cli::pictures::Pictures;
use crate::narrator::Narrator;

/// A free port on the loopback, which no other machine can reach.
const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// All objects of the tour: a temporary folder, a manager in that folder, and a session with that manager.
#[derive(AObject)]
struct Tour {
    timeline: Timeline,
    #[aobject(init = create_folder().await?, close = fs::remove_dir_all(folder).await)]
    folder: PathBuf,
    #[aobject(init = write_layouts(folder).await?)]
    registries: Folders,
    #[aobject(init = {
        let settings = settings(LOOPBACK, Place::file(folder.join("images.db")), registries);
        Manager::new(settings, timeline.clone()).await?
    })]
    manager: Live<Manager>,
    #[aobject(init = Session::new(remote(manager)?, Some(Box::new(announce))).await?)]
    session: Live<Session>,
}

/// Starts a tour, uses it, shows a failing start, and closes the tour.
pub(crate) fn run(pictures: Pictures) -> Result<Result<(), BoxError>, Stopped> {
    let (narrator, timeline) = (Narrator::new(), Timeline::new());
    // Only errors go to standard error.
    let runner = Runner::new()
        .notice_after(Duration::ZERO)
        .observe(narrator.observer());
    let runner = runner.observe(timeline.observer());
    runner.run(async {
        guide(&timeline).await?;
        narrator.written()?;
        say(format_args!("\nThe timeline:\n\n{timeline:#}"))?;
        pictures.write(&timeline).await
    })
}

async fn guide(timeline: &Timeline) -> Result<(), BoxError> {
    say("A manager and a session. Each part starts once the parts that it uses have started:\n")?;
    // The tour is closed even if `take` fails.
    Tour::new(timeline.clone()).with(take).await
}

async fn take(tour: &Tour) -> Result<(), BoxError> {
    say(format_args!(
        "\nThe session speaks {} with {}.",
        tour.session.version(),
        tour.manager.endpoint()
    ))?;

    say("\nThe manager looks for images in the background, and the session follows the task:\n")?;
    let task_id = tour.session.rescan(None).await?;
    follow(&tour.session, task_id).await?;

    say("\nThe images that the manager has found:\n")?;
    for image in tour.session.images().await? {
        say(format_args!(
            "{:<9}{}:{} for {}",
            image.registry, image.name, image.tag, image.architecture
        ))?;
    }

    say("\nA second manager at the same address fails to start, and leaves nothing open:\n")?;
    fail(tour).await?;

    Ok(say(
        "The close. Each part closes before the parts that it uses:\n",
    )?)
}

async fn fail(tour: &Tour) -> Result<(), Unwritten> {
    let settings = settings(tour.manager.address(), Place::Memory, &tour.registries);
    match Manager::new(settings, tour.timeline.clone()).await {
        Ok(_) => say("\nIt did not fail: two managers listen on one address.\n"),
        Err(error) => say(format_args!("\n{}\n", causes(&error))),
    }
}

fn announce(message: &str) -> Result<(), BoxError> {
    Ok(say(format_args!("\nThe manager announces: {message}\n"))?)
}

fn keys() -> KeyPair {
    KeyPair {
        access: "TOUR".to_owned(),
        secret: "nobody else is here".to_owned(),
    }
}

fn settings(listen: SocketAddr, images: Place, registries: &Folders) -> Settings {
    let announcement = Some("welcome to the tour".to_owned());
    Settings {
        listen,
        images,
        registries: registries.clone(),
        keys: keys(),
        announcement,
        reload: None,
    }
}

fn remote(manager: &Manager) -> Result<Remote, BoxError> {
    Ok(Remote {
        endpoint: manager.endpoint().parse()?,
        keys: keys(),
        patience: Duration::from_secs(5),
    })
}

async fn create_folder() -> io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("aobject-tour-{}", std::process::id()));
    fs::create_dir(&folder).await?;
    Ok(folder)
}

/// Two registries, as small but real image layouts.
async fn write_layouts(folder: &Path) -> io::Result<Folders> {
    let (stable, nightly) = (folder.join("stable"), folder.join("nightly"));
    let mut writer = Writer::create(&stable).await?;
    writer
        .image(
            "library/python:3.13",
            &["amd64", "arm64"],
            "hello from Python",
        )
        .await?;
    writer
        .image("library/rust:1.95", &["amd64"], "hello from Rust")
        .await?;
    writer.finish().await?;
    let mut writer = Writer::create(&nightly).await?;
    writer
        .image("library/rust:nightly", &["amd64"], "hello from tomorrow")
        .await?;
    writer.finish().await?;
    Ok([
        ("stable".to_owned(), stable),
        ("nightly".to_owned(), nightly),
    ]
    .into_iter()
    .collect())
}
