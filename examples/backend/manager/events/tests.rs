use futures_util::FutureExt;
use tokio::time::{Instant, advance};

use super::*;
use crate::wire::event::{Ending, Outcome, Progress};

fn updated() -> Event {
    Event::Updated(Progress {
        task_id: Uuid::nil(),
        message: String::new(),
        current_progress: 0.0,
        total_progress: 1.0,
    })
}

fn ended() -> Event {
    let outcome = Outcome {
        task_id: Uuid::nil(),
        message: String::new(),
        errors: Vec::new(),
    };
    Event::Ended(Ending::Done, outcome)
}

#[tokio::test(start_paused = true)]
async fn only_the_first_event_waits_20_ms_after_the_head() {
    for first in [updated(), ended()] {
        let (say, said) = watch::channel(first.clone());
        let mut events = std::pin::pin!(stream(said));
        assert_eq!(events.next().now_or_never(), None, "at once");
        advance(Duration::from_millis(19)).await;
        assert_eq!(events.next().now_or_never(), None, "after 19 ms");
        let begun = Instant::now();
        assert_eq!(events.next().await, Some(first.clone()));
        assert!(begun.elapsed() <= Duration::from_millis(2));
        if first == updated() {
            say.send_replace(ended());
            assert_eq!(events.next().now_or_never(), Some(Some(ended())));
        }
        let close = events.next().now_or_never();
        assert_eq!(close, Some(Some(Event::ServerClose)));
        assert_eq!(events.next().now_or_never(), Some(None));
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_event_is_the_newest_one() {
    let (say, said) = watch::channel(updated());
    let mut events = std::pin::pin!(stream(said));
    assert_eq!(events.next().now_or_never(), None);
    say.send_replace(ended());
    assert_eq!(events.next().await, Some(ended()));
}
