use std::io;
use std::path::Path;

use tokio::fs;

/// Findings that a row does not count, because its fault makes them unavoidable.
#[derive(Clone, Copy, Default)]
pub(super) struct Excused {
    /// The lock of the blobs.
    pub(super) blobs: bool,
    /// Orders that are stored but not announced. The next start announces them.
    pub(super) unannounced: bool,
    /// The close of the database.
    pub(super) database: bool,
}

/// Files that only a running service may have.
pub(super) async fn files(folder: &Path, excused: Excused) -> io::Result<Vec<String>> {
    let mut left = Vec::new();
    let names = [
        names(&folder.join("shards")).await?,
        names(&folder.join("blobs")).await?,
    ]
    .concat();
    let of_kind = |extension: &'static str| {
        let is_one = move |name: &&String| {
            Path::new(name)
                .extension()
                .is_some_and(|found| found == extension)
        };
        names.iter().filter(is_one)
    };
    let locks = of_kind("lock").filter(|name| name.starts_with("shard-"));
    match locks.count() {
        0 => {}
        1 => left.push("1 shard locked".to_owned()),
        number => left.push(format!("{number} shards locked")),
    }
    if !excused.blobs && names.iter().any(|name| name == "blobs.lock") {
        left.push("the blobs locked".to_owned());
    }
    if of_kind("tmp").next().is_some() {
        left.push("half-made files".to_owned());
    }
    Ok(left)
}

async fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    if fs::try_exists(folder).await? {
        let mut entries = fs::read_dir(folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}
