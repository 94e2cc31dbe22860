//! Following a task, on servers that send its events wrongly.

use std::time::Duration;

use backend::session::{Follow, Session};
use backend::wire::event::{Ending, Event};
use backend::wire::{OPERATIONS, TASK_EVENTS};
use futures_util::TryStreamExt;
use tokio::time::timeout;

use crate::program::LIMIT;
use crate::scripted::{Answer, STREAM, Server, TASK};
use crate::world::{impatient, remote};

/// A server that sends these streams for the first, second, … request, and repeats the last one.
async fn server(streams: Vec<Answered>) -> Server {
    Server::start(move |path, nth| match path {
        TASK_EVENTS => streams[nth.min(streams.len() - 1)].answer(),
        OPERATIONS => Answer::started(),
        _ => Answer::version(),
    })
    .await
}

enum Answered {
    /// Sends these events, and ends the stream.
    Ends(Vec<u8>),
    /// Sends these events, and then nothing.
    Hangs(String),
    Refuses(&'static str),
}

impl Answered {
    fn answer(&self) -> Answer {
        match self {
            Self::Ends(events) => Answer::hangs_up([STREAM.as_bytes(), events].concat()),
            Self::Hangs(events) => Answer::hangs([STREAM, events].concat()),
            Self::Refuses(status) => Answer::whole(status, ""),
        }
    }
}

fn ends(events: impl AsRef<[u8]>) -> Answered {
    Answered::Ends(events.as_ref().to_owned())
}

fn updated(message: &str) -> String {
    progress(message, 1.0)
}

fn progress(message: &str, current: f64) -> String {
    format!(
        "retry: 0\nevent: bgtask_updated\ndata: {{\"task_id\": \"{TASK}\", \"message\": \"{message}\", \
         \"current_progress\": {current}, \"total_progress\": 2.0}}\n\n"
    )
}

fn ended(how: &str) -> String {
    format!("event: bgtask_{how}\ndata: {{\"task_id\": \"{TASK}\", \"message\": \"so be it\"}}\n\n")
}

const CLOSE: &str = "event: server_close\ndata: {}\n\n";

/// The messages of the updates of a task, and its end or an error.
struct Followed {
    messages: Vec<String>,
    end: Result<Ending, String>,
    /// How often the events were requested.
    asked: usize,
}

async fn follow(streams: Vec<Answered>) -> Followed {
    let streams_hang = streams
        .iter()
        .any(|stream| matches!(stream, Answered::Hangs(_)));
    let server = server(streams).await;
    let remote = if streams_hang {
        impatient(&server.endpoint)
    } else {
        remote(&server.endpoint)
    };
    let session = Session::new(remote, None).await.unwrap();
    let task_id = session.rescan(None).await.unwrap();
    let mut messages = Vec::new();
    let end = timeout(LIMIT, watch(&session, task_id, &mut messages))
        .await
        .expect("an end");
    session.close().await.unwrap();
    server.all_closed().await;
    Followed {
        messages,
        end,
        asked: server.count(TASK_EVENTS),
    }
}

async fn watch(
    session: &Session,
    task_id: uuid::Uuid,
    messages: &mut Vec<String>,
) -> Result<Ending, String> {
    let follow = session
        .follow(task_id)
        .await
        .map_err(|error| error.to_string())?;
    let mut events = follow.into_stream(async |follow: &mut Follow| follow.next().await);
    let mut end = None;
    while let Some(event) = events.try_next().await.map_err(|error| error.to_string())? {
        match event {
            Event::Updated(progress) => messages.push(progress.message),
            Event::Ended(ending, outcome) => {
                assert_eq!(outcome.message, "so be it");
                end = Some(ending);
            }
            Event::ServerClose => panic!("not an event for users"),
        }
    }
    Ok(end.expect("an end"))
}

#[aobject::test]
async fn a_task_is_followed_to_its_end() {
    for (how, ending) in [
        ("done", Ending::Done),
        ("partial_success", Ending::Done),
        ("failed", Ending::Failed),
        ("cancelled", Ending::Cancelled),
    ] {
        let followed = follow(vec![ends(
            updated("a") + &updated("b") + &ended(how) + CLOSE,
        )])
        .await;
        assert_eq!(
            (followed.messages, followed.end, followed.asked),
            (vec!["a".into(), "b".into()], Ok(ending), 1)
        );
    }
}

#[aobject::test]
async fn an_end_counts_without_a_close_after_it() {
    let followed = follow(vec![Answered::Hangs(ended("done"))]).await;
    assert_eq!(followed.end, Ok(Ending::Done));
}

#[aobject::test]
async fn events_of_another_task_are_ignored() {
    const OTHER: &str = "00000000-0000-0000-0000-000000000001";
    let others = [updated("b"), ended("failed")].map(|event| event.replace(TASK, OTHER));
    let [other_update, other_end] = &others;
    let streams = vec![ends(
        updated("a") + other_update + other_end + &ended("done") + CLOSE,
    )];
    let followed = follow(streams).await;
    assert_eq!(
        (followed.messages, followed.end),
        (vec!["a".into()], Ok(Ending::Done))
    );
    let followed = follow(vec![ends(other_end.to_owned() + CLOSE)]).await;
    assert_eq!(
        followed.end,
        Err("the manager closed before the task had ended".to_owned())
    );
}

#[aobject::test]
async fn the_events_are_requested_without_a_content_type() {
    let server = server(vec![ends(ended("done") + CLOSE)]).await;
    let session = Session::new(remote(&server.endpoint), None).await.unwrap();
    session
        .follow(TASK.parse().unwrap())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let request = server.requested(TASK_EVENTS).await.to_lowercase();
    assert!(
        request.starts_with(&format!("get {TASK_EVENTS}?task_id={TASK} http/1.1\r\n")),
        "{request}"
    );
    assert!(!request.contains("content-type:"), "{request}");
    session.close().await.unwrap();
}

#[aobject::test]
async fn a_close_before_the_end_is_an_error() {
    let followed = follow(vec![ends(updated("a") + CLOSE)]).await;
    assert_eq!(
        followed.end,
        Err("the manager closed before the task had ended".to_owned())
    );
    assert_eq!(followed.asked, 1);
}

#[aobject::test]
async fn a_stream_that_ends_is_reopened() {
    let followed = follow(vec![
        ends(updated("a")),
        ends(updated("a") + &updated("b")),
        ends(ended("done") + CLOSE),
    ])
    .await;
    assert_eq!(followed.messages, ["a", "b"]);
    assert_eq!((followed.end, followed.asked), (Ok(Ending::Done), 3));
}

#[aobject::test]
async fn a_stream_that_keeps_ending_is_given_up() {
    let followed = follow(vec![ends(updated("a"))]).await;
    let error = format!(
        "the events of task {TASK} broke off 4 times, most recently because: the stream ended"
    );
    assert_eq!(
        (followed.messages, followed.end, followed.asked),
        (vec!["a".into()], Err(error), 4)
    );
}

#[aobject::test]
async fn a_stream_that_starts_over_each_time_is_given_up() {
    let begun = std::time::Instant::now();
    let followed = follow(vec![ends(progress("a", 0.0) + &progress("b", 1.0))]).await;
    let error = followed.end.unwrap_err();
    assert!(error.contains("broke off 4 times"), "{error}");
    assert_eq!(followed.asked, 4);
    assert!(
        begun.elapsed() >= Duration::from_millis(1500),
        "half a second before each, even if `retry` asks for less"
    );
}

#[aobject::test]
async fn a_stream_that_breaks_after_each_step_is_followed_to_its_end() {
    let steps = (1..=5).map(|step| ends(progress("a", f64::from(step) / 4.0)));
    let followed = follow(steps.chain([ends(ended("done"))]).collect()).await;
    assert_eq!((followed.end, followed.asked), (Ok(Ending::Done), 6));
}

#[aobject::test]
async fn a_stream_that_becomes_silent_is_given_up() {
    let followed = follow(vec![Answered::Hangs(updated("a"))]).await;
    let error = followed.end.unwrap_err();
    assert!(
        error.ends_with("the manager did not answer for 1s"),
        "{error}"
    );
    assert_eq!(followed.asked, 4);
}

#[aobject::test]
async fn an_endless_line_does_not_fill_the_memory() {
    let endless = format!(
        "retry: 0\nevent: bgtask_updated\ndata: {}",
        "x".repeat(1 << 20)
    );
    let followed = follow(vec![ends(&endless)]).await;
    let error = followed.end.unwrap_err();
    assert!(
        error.ends_with("an event is longer than 262144 bytes"),
        "{error}"
    );
    let followed = follow(vec![ends(endless), ends(ended("done") + CLOSE)]).await;
    assert_eq!(followed.end, Ok(Ending::Done));
}

#[aobject::test]
async fn invalid_utf8_is_replaced() {
    let mut events = updated("a?").into_bytes();
    let at = events.iter().position(|byte| *byte == b'?').unwrap();
    events[at] = 0xff;
    let followed = follow(vec![ends(
        [events, (ended("done") + CLOSE).into()].concat(),
    )])
    .await;
    assert_eq!(
        (followed.messages, followed.end),
        (vec!["a\u{fffd}".into()], Ok(Ending::Done))
    );
}

#[aobject::test]
async fn invalid_data_breaks_the_stream() {
    let nonsense = ["x", "{}", r#"{"task_id": "none", "message": "a"}"#];
    // Concurrently, because each waits between its attempts.
    let broken = nonsense.map(async |data| {
        let followed = follow(vec![ends(format!(
            "retry: 0\nevent: bgtask_done\ndata: {data}\n\n"
        ))])
        .await;
        assert!(followed.end.unwrap_err().contains("broke off 4 times"));
    });
    futures_util::future::join_all(broken).await;
}

#[aobject::test]
async fn unknown_events_are_skipped() {
    let followed = follow(vec![ends(
        "event: tea_time\ndata: 5\n\ndata: 1\n\n: hello\n\n".to_owned() + &ended("done"),
    )])
    .await;
    assert_eq!(followed.end, Ok(Ending::Done));
}

#[aobject::test]
async fn a_refusal_is_final_but_a_server_error_is_not() {
    let followed = follow(vec![ends(updated("a")), Answered::Refuses("404 Not Found")]).await;
    assert_eq!(
        (followed.end, followed.asked),
        (Err("the manager answered 404 Not Found".to_owned()), 2)
    );
    let followed = follow(vec![
        ends(updated("a")),
        Answered::Refuses("500 Internal Server Error"),
        ends(ended("done")),
    ])
    .await;
    assert_eq!((followed.end, followed.asked), (Ok(Ending::Done), 3));
}
