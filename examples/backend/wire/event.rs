//! The events of a background task.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::wire::text::{plain_string, plain_strings};

/// An event of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The task continues.
    Updated(Progress),
    /// The task has ended.
    Ended(Ending, Outcome),
    /// The stream ends: no event comes after this one.
    ServerClose,
}

/// The progress of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The task.
    pub task_id: Uuid,
    /// A description of the current step.
    #[serde(deserialize_with = "plain_string")]
    pub message: String,
    /// The amount of work that is done.
    pub current_progress: f64,
    /// The total amount of work.
    pub total_progress: f64,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The task did its work. The `errors` of the outcome describe parts that failed.
    Done,
    /// The task failed.
    Failed,
    /// The task was cancelled.
    Cancelled,
}

/// The outcome of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The task.
    pub task_id: Uuid,
    /// A summary for people.
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
    /// The id of the task that the event is about.
    pub fn task_id(&self) -> Option<Uuid> {
        match self {
            Self::Updated(progress) => Some(progress.task_id),
            Self::Ended(_, outcome) => Some(outcome.task_id),
            Self::ServerClose => None,
        }
    }

    /// The name and the data of the event, as they are sent.
    pub fn write(&self) -> (&'static str, String) {
        match self {
            Self::Updated(progress) => ("bgtask_updated", json(progress)),
            Self::Ended(ending, outcome) => (ending.name(), json(outcome)),
            Self::ServerClose => ("server_close", "{}".to_owned()),
        }
    }

    /// Parses an event. `None` for an unknown name, which is to be skipped.
    pub fn read(name: &str, data: &str) -> serde_json::Result<Option<Self>> {
        let event = match name {
            "bgtask_updated" => Self::Updated(serde_json::from_str(data)?),
            "server_close" => Self::ServerClose,
            // Another name for an end with errors.
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
