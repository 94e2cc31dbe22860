//! The table in the README is that of a recorded run, and a run today gives the same result.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::folder::Folder;

/// The program, with its own folder for everything that it makes.
pub(crate) struct Faults {
    pub(crate) command: Command,
    folder: Folder,
}

pub(crate) fn faults(test: &str) -> Faults {
    let folder = Folder::new(test);
    let mut command = Command::new(env!("CARGO_BIN_EXE_faults"));
    let temporary = folder.file("temporary");
    std::fs::create_dir(&temporary).unwrap();
    command.env("TMPDIR", temporary);
    Faults { command, folder }
}

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("service/runs")
        .join(name)
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// By hand, the result of these rows depends on the scheduler: the driver's threads may close the file before the
/// process ends, and the blocked thread may not be the one that is needed.
const BY_CHANCE: [&str; 2] = ["a close panics", "a worker blocks its thread"];

/// Whether each row is well, without figures and times.
fn well(record: &Value) -> Vec<(String, Option<bool>, Option<bool>)> {
    let is_well = |cell: &Value| Some(cell.get("Seen")?.get("wrong")?.as_array()?.is_empty());
    let lines = record["lines"].as_array().unwrap();
    lines
        .iter()
        .map(|line| {
            let fault = line["fault"].as_str().unwrap().to_owned();
            let by_hand = is_well(&line["by_hand"]).filter(|_| !BY_CHANCE.contains(&&*fault));
            (fault, by_hand, is_well(&line["aobject"]))
        })
        .collect()
}

/// One run at a time, because runs measure times.
static RUNNING: Mutex<()> = Mutex::new(());

/// The program itself leaves nothing behind either.
pub(crate) fn assert_as_recorded(mut faults: Faults, name: &str) {
    let _running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let file = faults.folder.file("run.json");
    let output = faults.command.arg("--record").arg(&file).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (today, recorded) = (well(&read(&file)), well(&read(&recorded(name))));
    let others: Vec<_> = today
        .iter()
        .filter(|line| !recorded.contains(line))
        .collect();
    assert!(
        others.is_empty() && today.len() == recorded.len(),
        "{others:?}\n{printed}"
    );
    let temporary = faults.folder.file("temporary");
    assert_eq!(
        std::fs::read_dir(&temporary).unwrap().count(),
        0,
        "no folder may be left"
    );
    assert_eq!(processes_of(&temporary), [""; 0]);
}

/// The command lines that mention this folder.
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let lines = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let line = std::fs::read(entry.ok()?.path().join("cmdline")).ok()?;
            Some(String::from_utf8_lossy(&line).replace('\0', " "))
        });
    lines.filter(|line| line.contains(folder)).collect()
}

#[test]
fn both_services_leave_behind_what_the_recorded_run_shows() {
    assert_as_recorded(faults("run"), "sqlite.json");
}

#[test]
fn the_tables_in_the_readme_are_those_of_the_recorded_runs() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("service/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for name in ["sqlite.json", "postgresql.json"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_faults"));
        let output = command
            .arg("--recorded")
            .arg(recorded(name))
            .output()
            .unwrap();
        let table = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && table.lines().count() == 32,
            "{table}"
        );
        assert!(readme.contains(&table), "{name} is another table:\n{table}");
    }
}

#[test]
fn with_aobject_every_fault_ends_well() {
    for name in ["sqlite.json", "postgresql.json"] {
        for (fault, _, aobject) in well(&read(&recorded(name))) {
            assert_ne!(aobject, Some(false), "{fault}");
        }
    }
}

/// The wiring and its program, in lines.
fn lines_of(wiring: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("service");
    let parts = std::fs::read_dir(root.join(wiring)).unwrap();
    let files = parts.map(|entry| entry.unwrap().path());
    let files = files.chain([root.join(wiring).with_extension("rs")]);
    files
        .map(|file| std::fs::read_to_string(file).unwrap().lines().count())
        .sum()
}

#[test]
fn the_readme_states_the_length_of_each_wiring() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("service/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for (wiring, with) in [("by_hand", "tokio and tokio-util"), ("aobject", "aobject")] {
        let said = format!("the wiring with {with}: {} lines", lines_of(wiring));
        assert!(readme.contains(&said), "{said}");
    }
}
