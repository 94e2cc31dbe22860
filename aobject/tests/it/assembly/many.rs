//! Ten thousand parts.

use super::*;

/// Counts its polls, and suspends once in its init and once in its close.
struct Counted(Arc<AtomicUsize>);

/// Pending once.
struct Once<'a> {
    polls: &'a AtomicUsize,
    was_pending: bool,
}

impl Future for Once<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        if std::mem::replace(&mut self.was_pending, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Counted {
    async fn suspend(polls: &AtomicUsize) {
        let was_pending = false;
        Once { polls, was_pending }.await;
    }
}

impl AObject for Counted {
    type Seed = Arc<AtomicUsize>;

    async fn init(polls: Arc<AtomicUsize>) -> Result<Self, BoxError> {
        Self::suspend(&polls).await;
        Ok(Self(polls))
    }

    async fn close(self) -> Result<(), BoxError> {
        Self::suspend(&self.0).await;
        Ok(())
    }
}

const MANY: usize = 10_000;

/// Each part is polled twice in each step, however many others there are, so a walk does not slow down per part.
#[tokio::test]
async fn ten_thousand_parts_are_polled_only_when_woken() -> Result<(), Error> {
    let polls = Arc::new(AtomicUsize::new(0));
    let of = |polls: &Arc<AtomicUsize>| Counted::start(Arc::clone(polls));
    let mut app = Assembly::new();
    let mut chain = Vec::new();
    for at in 0..MANY / 2 {
        let polls = Arc::clone(&polls);
        let needs: Vec<_> = chain.last().copied().into_iter().collect();
        chain.push(app.add(format!("chain{at}"), needs, move |_| of(&polls)));
    }
    let mut wide = chain.clone();
    for at in 0..MANY / 2 - 1 {
        let polls = Arc::clone(&polls);
        wide.push(app.add(format!("wide{at}"), (), move |()| of(&polls)));
    }
    let all = {
        let polls = Arc::clone(&polls);
        app.add("all", wide, move |given| {
            assert_eq!(given.len(), MANY - 1);
            of(&polls)
        })
    };
    let app = app.start().await?;
    assert_eq!(polls.load(Ordering::Relaxed), 2 * MANY);
    assert!(Arc::ptr_eq(&app.get(all).0, &polls));
    app.close().await?;
    assert_eq!(polls.load(Ordering::Relaxed), 4 * MANY);
    Ok(())
}

/// On a small stack. Neither a start, nor a rollback, nor a close in the background recurses along the chain.
#[test]
fn a_chain_of_ten_thousand_parts_needs_no_deep_stack() {
    let _alone = crate::REAPER.blocking_write();
    fn chain(fails: bool) -> Assembly {
        let world = World::new();
        let mut app = Assembly::new();
        let mut last: Option<Key<Link>> = None;
        for at in 0..MANY {
            let fails = fails && at == MANY - 1;
            let needs: Vec<_> = last.into_iter().collect();
            last = Some(app.add("link", needs, move |uses| Link::start((uses, fails))));
        }
        drop(world);
        app
    }
    struct Link {
        uses: Vec<Shared<Link>>,
    }
    impl AObject for Link {
        type Seed = (Vec<Shared<Link>>, bool);
        async fn init((uses, fails): Self::Seed) -> Result<Self, BoxError> {
            if fails {
                return Err("the last one".into());
            }
            Ok(Self { uses })
        }
        async fn close(self) -> Result<(), BoxError> {
            assert!(self.uses.len() < 2);
            drop(self.uses);
            Ok(())
        }
    }
    let body = || {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        runtime.block_on(async {
            let error = chain(true).start().await.unwrap_err();
            assert!(error.related().is_empty(), "{error:#}");
            drop(chain(false).start().await.unwrap());
            chain(false).start().await.unwrap().close().await.unwrap();
        });
    };
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    small.spawn(body).unwrap().join().unwrap();
    // What the runtime left to the reaper is counted by each drain of the process.
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let drained = runtime.block_on(aobject::drain(Duration::from_secs(60)));
    assert_eq!(drained.pending, 0);
}
