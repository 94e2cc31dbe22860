//! A cycle that cannot be seen: over the rollback of an init, and a task that its close spawns.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aobject::{AObject, BoxError, BoxNew, ErrorKind, Lazy};
use tokio::time::timeout;

use crate::REAPER;

const LIMIT: Duration = Duration::from_secs(20);

/// Through a task that is spawned it cannot be seen, and a limit ends it.
#[tokio::test(start_paused = true)]
async fn a_limit_ends_an_init_whose_rollback_would_wait_for_itself_unseen() {
    struct Spawns;
    struct Unseen(Arc<OnceLock<Cell>>);
    type Cell = Lazy<Spawns, Box<dyn Fn() -> BoxNew<Spawns> + Send + Sync>>;
    impl AObject for Unseen {
        type Seed = Arc<OnceLock<Cell>>;
        async fn init(cell: Self::Seed) -> Result<Self, BoxError> {
            Ok(Self(cell))
        }
        async fn close(self) -> Result<(), BoxError> {
            let asks = async move { self.0.get().unwrap().ensure_init().await.map(drop) };
            tokio::spawn(asks).await?.map_err(BoxError::from)
        }
    }
    impl AObject for Spawns {
        type Seed = Arc<OnceLock<Cell>>;
        async fn init(cell: Self::Seed) -> Result<Self, BoxError> {
            let helper = Unseen::start(cell).await?;
            helper.close().await?;
            Ok(Self)
        }
    }
    let _counting = REAPER.read().await;
    let cell: Arc<OnceLock<Cell>> = Arc::default();
    let own = Arc::downgrade(&cell);
    let make = move || Spawns::start(own.upgrade().unwrap()).boxed();
    let lazy = <Cell>::new(Box::new(make)).init_timeout(Duration::from_millis(100));
    cell.set(lazy).ok().unwrap();
    let asked = timeout(LIMIT, cell.get().unwrap().ensure_init()).await;
    let error = asked.expect("it hangs").map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}
