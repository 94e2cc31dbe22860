use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
#[aobject(args(limit: Duration), close_timeout = limit)]
struct App {
    #[aobject(init = limit, close = tokio::time::sleep(limit).await, init_timeout = limit)]
    wait: Duration,
}

fn main() {
    drop(App::new(Duration::ZERO));
}
