use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
struct App {
    cfg: Duration,
    #[aobject(init = 1, close = tokio::time::timeout(*cfg, async { drop(pool) }).await)]
    pool: u64,
}

fn main() {
    drop(App::new(Duration::ZERO));
}
