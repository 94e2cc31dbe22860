//! Following a background task.

use std::ops::RangeInclusive;
use std::time::Duration;

use aobject::{AObject, BoxError};
use reqwest::Response;
use uuid::Uuid;

use crate::causes::causes;
use crate::session::api::{Api, Refused};
use crate::session::sse::Parser;
use crate::wire::TASK_EVENTS;
use crate::wire::event::{Event, Progress};

/// How often a broken stream is reopened without progress in between.
const TRIES: u32 = 3;
/// How long to wait before that, unless the manager requests another delay.
const RETRY: Duration = Duration::from_secs(5);
/// The delays that a manager may request. A shorter delay would flood a broken manager.
const RETRIES: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_mins(1);

/// The events of a task, from the newest one to the end of the task.
///
/// A stream that ends before the task is reopened. The task continues even if this object is closed.
#[derive(AObject)]
#[aobject(vis = pub(super))]
pub struct Follow {
    api: Api,
    task_id: Uuid,
    #[aobject(init = Stream::open(api, *task_id).await?)]
    stream: Stream,
    #[aobject(default)]
    last: Option<Event>,
    #[aobject(default)]
    tries: Tries,
}

impl Follow {
    /// The next event, or `None` after the event that ends the task.
    ///
    /// Fails if the manager closes the stream, or if the stream keeps breaking, before the task has ended.
    pub async fn next(&mut self) -> Result<Option<Event>, BoxError> {
        if let Some(Event::Ended(..)) = self.last {
            return Ok(None);
        }
        loop {
            match self.stream.next(&self.api).await {
                Ok(Some(Event::ServerClose)) => {
                    return Err("the manager closed before the task had ended".into());
                }
                Ok(Some(event)) => {
                    self.tries.note(&event);
                    // A reopened stream repeats its newest event.
                    if self.last.as_ref() != Some(&event) {
                        self.last = Some(event.clone());
                        return Ok(Some(event));
                    }
                }
                Ok(None) => self.reopen("the stream ended".into()).await?,
                Err(error) => self.reopen(error).await?,
            }
        }
    }

    async fn reopen(&mut self, mut why: BoxError) -> Result<(), BoxError> {
        while self.tries.take() {
            tokio::time::sleep(delay(self.stream.parser.retry())).await;
            match Stream::open(&self.api, self.task_id).await {
                Ok(stream) => {
                    self.stream = stream;
                    return Ok(());
                }
                // Another attempt would fail in the same way.
                Err(error) if is_final(&error) => return Err(error),
                Err(error) => why = error,
            }
        }
        Err(format!(
            "the events of task {} broke off {} times, most recently because: {}",
            self.task_id,
            TRIES + 1,
            causes(&*why)
        )
        .into())
    }
}

/// How often the stream may be reopened before the task makes progress.
#[derive(Default)]
struct Tries {
    taken: u32,
    /// The highest progress so far. A lower value does not count as progress, because a stream that starts over sends
    /// those.
    best: Option<f64>,
}

impl Tries {
    fn note(&mut self, event: &Event) {
        let Event::Updated(Progress {
            current_progress, ..
        }) = event
        else {
            return;
        };
        if self.best.is_none_or(|best| *current_progress > best) {
            (self.best, self.taken) = (Some(*current_progress), 0);
        }
    }

    /// Uses up one attempt. Returns whether there was one left.
    fn take(&mut self) -> bool {
        let left = self.taken < TRIES;
        self.taken += u32::from(left);
        left
    }
}

/// How long to wait before the stream is reopened, if the manager requests `seconds`.
fn delay(seconds: Option<u64>) -> Duration {
    let wanted = seconds.map_or(RETRY, Duration::from_secs);
    wanted.clamp(*RETRIES.start(), *RETRIES.end())
}

/// The manager does not know the task or the session.
fn is_final(error: &BoxError) -> bool {
    error
        .downcast_ref::<Refused>()
        .is_some_and(|refused| refused.status.is_client_error())
}

struct Stream {
    task_id: Uuid,
    response: Response,
    parser: Parser,
}

impl Stream {
    async fn open(api: &Api, task_id: Uuid) -> Result<Self, BoxError> {
        let target = format!("{TASK_EVENTS}?task_id={task_id}");
        let response = api.patiently(api.get(&target, None)).await??;
        Ok(Self {
            task_id,
            response,
            parser: Parser::default(),
        })
    }

    /// `None` at the end of the stream.
    async fn next(&mut self, api: &Api) -> Result<Option<Event>, BoxError> {
        loop {
            while let Some(raw) = self.parser.pop() {
                // Events of other tasks are skipped.
                if let Some(event) = Event::read(&raw.name, &raw.data)?
                    && event.task_id().is_none_or(|id| id == self.task_id)
                {
                    return Ok(Some(event));
                }
            }
            match api.patiently(self.response.chunk()).await?? {
                Some(chunk) => self.parser.push(&chunk)?,
                None => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests;
