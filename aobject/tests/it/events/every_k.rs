//! A start and a close, dropped after any number of polls. Each `Started` has exactly one end.

use tokio_test::task;

use super::*;

#[derive(AObject)]
#[aobject(init = Self::greet, close = Self::part)]
struct Ladder {
    #[aobject(init = Disk::start((1, 1)).await?)]
    first: Live<Disk>,
    #[aobject(init = Disk::start((2, 2)).await?, after(first))]
    second: Live<Disk>,
    #[aobject(init = try_join_all([1, 3].map(|start| Disk::start((start, 1)))).await?)]
    many: Vec<Live<Disk>>,
    #[aobject(init = { drop(Disk::start((1, 1)).await?); millis(1).await; }, close = { let () = line; millis(1).await })]
    line: (),
}

impl Ladder {
    async fn greet(&mut self) {
        millis(1).await;
    }

    async fn part(&mut self) {
        millis(1).await;
    }
}

#[derive(Default)]
struct Count {
    started: usize,
    ended: usize,
}

type Counts = Arc<Mutex<BTreeMap<(Id, bool), Count>>>;

fn count(counts: &Counts) -> Observing {
    let counts = Arc::clone(counts);
    observe(move |event| {
        if !is_of(event, "Ladder") {
            return;
        }
        let mut counts = counts.lock().unwrap();
        let count = counts
            .entry((event.id(), event.phase() == Phase::Init))
            .or_default();
        match event.kind() {
            EventKind::Started => count.started += 1,
            EventKind::Ready
            | EventKind::Failed { .. }
            | EventKind::Cancelled
            | EventKind::Closed
            | EventKind::Lost => {
                count.ended += 1;
                assert_eq!((count.started, count.ended), (1, 1), "{event:?}");
            }
            _ => {}
        }
    })
}

/// Polls at most `polls` times, with a millisecond after each poll.
async fn polled<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = task::spawn(future);
    for _ in 0..polls {
        if let std::task::Poll::Ready(value) = future.poll() {
            return Some(value);
        }
        millis(1).await;
    }
    None
}

#[tokio::test(start_paused = true)]
async fn each_started_has_exactly_one_end() {
    let _together = REAPER.read().await;
    quiet();
    for polls in 0.. {
        let counts = Counts::default();
        let observing = count(&counts);
        let start = polled(Ladder::new(), polls).await;
        let ready = start.is_some();
        drop(start);
        drain(Duration::from_secs(1)).await;
        drop(observing);
        let counts = counts.lock().unwrap();
        assert!(
            counts.values().all(|count| count.started == count.ended),
            "{polls}"
        );
        assert_eq!(counts.is_empty(), polls == 0);
        if ready {
            break;
        }
    }
    for polls in 0.. {
        let counts = Counts::default();
        let observing = count(&counts);
        let ladder = Ladder::new().await.unwrap();
        let closed = polled(ladder.close(), polls).await;
        drain(Duration::from_secs(1)).await;
        drop(observing);
        let counts = counts.lock().unwrap();
        assert!(
            counts.values().all(|count| count.started == count.ended),
            "{polls}"
        );
        if closed.is_some() {
            break;
        }
    }
}
