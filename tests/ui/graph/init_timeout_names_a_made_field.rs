use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = Duration::ZERO)]
    limit: Duration,
    #[aobject(init = 1, init_timeout = *limit)]
    store: u64,
}

fn main() {
    drop(App::new());
}
