//! What is told of a background task while it runs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::wire::text::{plain_string, plain_strings};

/// One event of a task's stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It goes on.
    Updated(Progress),
    /// It has ended.
    Ended(Ending, Outcome),
    /// The last one: nothing comes after it.
    ServerClose,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The task.
    pub task_id: Uuid,
    /// What it does.
    #[serde(deserialize_with = "plain_string")]
    pub message: String,
    /// How much of it is done.
    pub current_progress: f64,
    /// How much there is to do.
    pub total_progress: f64,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It did what it should; the outcome's `errors` tell of parts that failed.
    Done,
    /// It gave up.
    Failed,
    /// It was told to stop.
    Cancelled,
}

/// What a task came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The task.
    pub task_id: Uuid,
    /// What there is to say.
    #[serde(deserialize_with = "plain_string")]
    pub message: String,
    /// The parts that failed.
    #[serde(
        default,
        deserialize_with = "plain_strings",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub errors: Vec<String>,
}

impl Event {
    /// The task that it is about.
    pub fn task_id(&self) -> Option<Uuid> {
        match self {
            Self::Updated(progress) => Some(progress.task_id),
            Self::Ended(_, outcome) => Some(outcome.task_id),
            Self::ServerClose => None,
        }
    }

    /// Its name and its data, as they are sent.
    pub fn write(&self) -> (&'static str, String) {
        match self {
            Self::Updated(progress) => ("bgtask_updated", json(progress)),
            Self::Ended(ending, outcome) => (ending.name(), json(outcome)),
            Self::ServerClose => ("server_close", "{}".to_owned()),
        }
    }

    /// Reads one; `None` for a name of which nothing is known, which is to be skipped.
    pub fn read(name: &str, data: &str) -> serde_json::Result<Option<Self>> {
        let event = match name {
            "bgtask_updated" => Self::Updated(serde_json::from_str(data)?),
            "server_close" => Self::ServerClose,
            // The other name of an end with errors.
            "bgtask_partial_success" => Self::Ended(Ending::Done, serde_json::from_str(data)?),
            name => match Ending::ALL.into_iter().find(|ending| ending.name() == name) {
                Some(ending) => Self::Ended(ending, serde_json::from_str(data)?),
                None => return Ok(None),
            },
        };
        Ok(Some(event))
    }
}

impl Ending {
    const ALL: [Self; 3] = [Self::Done, Self::Failed, Self::Cancelled];

    fn name(self) -> &'static str {
        match self {
            Self::Done => "bgtask_done",
            Self::Failed => "bgtask_failed",
            Self::Cancelled => "bgtask_cancelled",
        }
    }
}

fn json(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("plain data")
}
