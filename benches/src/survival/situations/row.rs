//! A row of the table.

use std::time::Duration;

use crate::survival::flavour::Flavour;
use crate::survival::outcome::Must;
use crate::survival::work::Work;

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Its number.
    pub row: u8,
    /// In words.
    pub title: &'static str,
    /// On which runtime.
    pub flavour: Flavour,
    /// What has to become of it.
    pub must: Must,
    /// How long its process lives.
    pub life: Duration,
    pub(super) work: Work,
    pub(super) run: fn(Flavour, Work),
}

impl Situation {
    pub(in crate::survival) fn run(&self) {
        (self.run)(self.flavour, self.work);
    }
}

/// What a process has to live: nothing in it takes more than a small part of that.
const LIFE: Duration = Duration::from_secs(4);

/// A row for each of some runtimes.
type Row = (
    u8,
    &'static str,
    &'static [Flavour],
    Work,
    Must,
    fn(Flavour, Work),
);

pub(super) fn each_flavour(rows: &[Row]) -> Vec<Situation> {
    let rows = rows
        .iter()
        .flat_map(|&(row, title, flavours, work, must, run)| {
            flavours.iter().map(move |&flavour| Situation {
                row,
                title,
                flavour,
                must,
                life: LIFE,
                work,
                run,
            })
        });
    rows.collect()
}

pub(super) const ANY: &[Flavour] = &[Flavour::MultiThread, Flavour::CurrentThread];
pub(super) const NONE: &[Flavour] = &[Flavour::None];
pub(super) const MULTI: &[Flavour] = &[Flavour::MultiThread];
pub(super) const CURRENT: &[Flavour] = &[Flavour::CurrentThread];
pub(super) const ONE_WORKER: &[Flavour] = &[Flavour::OneWorker];
