use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::world::Servers;

/// The findings of one run of the program.
#[derive(Deserialize, Serialize)]
pub(super) struct Record {
    database: String,
    cache: String,
    pub(super) lines: Vec<Line>,
}

/// A fault, and what each service left behind.
#[derive(Deserialize, Serialize)]
pub(super) struct Line {
    pub(super) fault: String,
    pub(super) by_hand: Cell,
    pub(super) aobject: Cell,
}

/// The findings about one service.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) enum Cell {
    Skipped(String),
    Seen {
        /// Empty if all is well.
        wrong: Vec<String>,
        /// The time from the event that ended it to its end.
        tenths: Option<u64>,
    },
}

impl Record {
    pub(super) fn new(servers: &Servers) -> Self {
        let one = |given: &Option<String>, real: &str, otherwise: &str| {
            let name = if given.is_some() { real } else { otherwise };
            name.to_owned()
        };
        Self {
            database: one(&servers.postgres, "PostgreSQL", "SQLite"),
            cache: one(&servers.redis, "Redis", "a stand-in for Redis"),
            lines: Vec::new(),
        }
    }
}

impl Cell {
    pub(super) fn seen(wrong: Vec<String>, took: Option<Duration>) -> Self {
        let tenths = took.map(|took| u64::try_from(took.as_millis() / 100).unwrap_or(u64::MAX));
        Self::Seen { wrong, tenths }
    }

    pub(super) fn skipped(why: &str) -> Self {
        Self::Skipped(why.to_owned())
    }

    fn is_right(&self) -> Option<bool> {
        match self {
            Self::Skipped(_) => None,
            Self::Seen { wrong, .. } => Some(wrong.is_empty()),
        }
    }
}

impl Line {
    fn better(&self) -> &'static str {
        match (self.by_hand.is_right(), self.aobject.is_right()) {
            (Some(true), Some(false)) => "by hand",
            (Some(false), Some(true)) => "aobject",
            (Some(_), Some(_)) => "equal",
            _ => "",
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped(why) => write!(f, "({why})"),
            Self::Seen { wrong, tenths } => {
                if wrong.is_empty() {
                    f.write_str("well")?;
                } else {
                    write!(f, "**{}**", wrong.join("; "))?;
                }
                match tenths {
                    Some(tenths) => write!(f, ", {}.{} s", tenths / 10, tenths % 10),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Formats the table as Markdown.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| {}, {} | by hand | aobject | better |",
            self.database, self.cache
        )?;
        writeln!(f, "|---|---|---|---|")?;
        for line in &self.lines {
            let Line {
                fault,
                by_hand,
                aobject,
            } = line;
            writeln!(f, "| {fault} | {by_hand} | {aobject} | {} |", line.better())?;
        }
        Ok(())
    }
}
