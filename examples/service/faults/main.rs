//! Breaks the service, wired by hand and with aobject, in thirty ways, and checks what it leaves behind.
//!
//! `cargo run -p aobject-examples --bin faults` prints the table. Each row starts the service as its own process,
//! under a small load on loopback, in its own folder, which is removed afterwards.

mod child;
mod database;
mod forgotten;
mod left;
mod load;
mod proxy;
mod rows;
mod stand_in;
mod table;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use futures_util::{StreamExt, stream};
use service::core::BoxError;

use self::rows::{ROWS, Row};
use self::table::{Cell, Line, Record};
use self::world::{Servers, Way, World};

/// Breaks the service, and prints what each wiring leaves behind.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    inner: Option<Inner>,
    /// A PostgreSQL server to use instead of SQLite; needs the feature `postgres`.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// A Redis server to use instead of the stand-in.
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// Only run rows whose name contains this. Can be given more than once.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Also write the observations to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Break nothing, and print the table of such a file.
    #[arg(long, value_name = "FILE")]
    recorded: Option<PathBuf>,
}

/// The roles in which the program starts itself.
#[derive(Subcommand)]
enum Inner {
    #[command(hide = true)]
    Serve { way: Way, config: PathBuf },
    #[command(hide = true)]
    Forget { way: Way, folder: PathBuf },
}

/// How many services run concurrently. Most of the time they wait.
const TOGETHER: usize = 6;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.inner {
        Some(Inner::Serve { way, config }) => match way {
            Way::ByHand => service::by_hand::main(&config),
            Way::Aobject => service::aobject::main(&config),
        },
        Some(Inner::Forget { way, folder }) => forgotten::main(way, &folder),
        None => match aobject::run(cli.look()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
    }
}

impl Cli {
    async fn look(self) -> Result<(), BoxError> {
        if let Some(file) = &self.recorded {
            let record: Record = serde_json::from_slice(&tokio::fs::read(file).await?)?;
            print!("{record}");
            return Ok(());
        }
        let servers = Servers::of(self.postgres, self.redis)?;
        let chosen = |row: &&Row| {
            self.only.is_empty() || self.only.iter().any(|text| row.name.contains(&**text))
        };
        let jobs = ROWS
            .iter()
            .filter(chosen)
            .flat_map(|row| [Way::ByHand, Way::Aobject].map(|way| (row, way)));
        let mut cells = stream::iter(jobs.enumerate())
            .map(|(number, (row, way))| look_at(row, way, number, &servers))
            .buffered(TOGETHER);
        let mut record = Record::new(&servers);
        while let (Some(by_hand), Some(aobject)) = (cells.next().await, cells.next().await) {
            let (row, by_hand) = by_hand?;
            let (_, aobject) = aobject?;
            record.lines.push(Line {
                fault: row.name.to_owned(),
                by_hand,
                aobject,
            });
            eprint!(".");
        }
        eprintln!();
        print!("{record}");
        if let Some(file) = &self.record {
            let text = serde_json::to_string_pretty(&record)?;
            tokio::fs::write(file, text + "\n").await?;
        }
        Ok(())
    }
}

/// One row for one of the two wirings, in its own world.
async fn look_at<'r>(
    row: &'r Row,
    way: Way,
    number: usize,
    servers: &Servers,
) -> Result<(&'r Row, Cell), BoxError> {
    if row.needs_postgres && servers.postgres.is_none() {
        return Ok((row, Cell::skipped("needs `--postgres`")));
    }
    let mut world = World::new(way, number, servers).await?;
    let about = |error| format!("{} ({way:?}): {error}", row.name);
    let cell = (row.run)(&mut world).await.map_err(about);
    world.remove().await?;
    Ok((row, cell?))
}
