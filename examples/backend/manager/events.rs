//! The events of a task, as a stream of server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::sse::{self, KeepAlive, Sse};
use futures_util::stream::{Stream, StreamExt, unfold};
use serde::Deserialize;
use tokio::sync::watch;
use uuid::Uuid;

use crate::causes::causes;
use crate::manager::problem::Problem;
use crate::manager::sources::Sources;
use crate::wire::event::Event;

/// How often a heartbeat is sent while a task is silent: often enough for clients that wait no longer than
/// [`HEARTBEAT`](crate::wire::HEARTBEAT).
const INTERVAL: Duration = Duration::from_millis(2500);
/// How long a client should wait before it reopens a broken stream. The protocol counts in seconds, and HTML in
/// milliseconds. Both write `retry: 5`.
const RETRY: Duration = Duration::from_millis(5);
/// How long the head of a response precedes the first event. The spinner of the real client starts at the head, stops
/// at an event, and crashes if the event arrives immediately.
const HEAD_START: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
pub(super) struct Wanted {
    task_id: Uuid,
}

/// The task continues whether or not a client follows it.
pub(super) async fn follow(
    State(sources): State<Sources>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let Query(Wanted { task_id }) = wanted.map_err(|refused| Problem::invalid(causes(&refused)))?;
    let said = sources
        .follow(task_id)
        .ok_or_else(|| Problem::not_found(format!("there is no task {task_id}")))?;
    let events = stream(said).map(|event| Ok(write(&event)));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(INTERVAL)))
}

fn stream(said: watch::Receiver<Event>) -> impl Stream<Item = Event> {
    unfold(Next::First(said), Next::event)
}

enum Next {
    First(watch::Receiver<Event>),
    Later(watch::Receiver<Event>),
    ServerClose,
    Nothing,
}

impl Next {
    async fn event(self) -> Option<(Event, Self)> {
        let mut said = match self {
            Self::First(said) => {
                tokio::time::sleep(HEAD_START).await;
                said
            }
            Self::Later(mut said) => match said.changed().await {
                Ok(()) => said,
                // A task sends its final event before it ends, so this one was aborted with its runtime.
                Err(_) => return Some((Event::ServerClose, Self::Nothing)),
            },
            Self::ServerClose => return Some((Event::ServerClose, Self::Nothing)),
            Self::Nothing => return None,
        };
        let event = said.borrow_and_update().clone();
        let next = match event {
            Event::Updated(_) => Self::Later(said),
            Event::Ended(..) | Event::ServerClose => Self::ServerClose,
        };
        Some((event, next))
    }
}

fn write(event: &Event) -> sse::Event {
    let (name, data) = event.write();
    let written = sse::Event::default().event(name).data(data);
    if let Event::Updated(_) = event {
        written.retry(RETRY)
    } else {
        written
    }
}

#[cfg(test)]
mod tests;
