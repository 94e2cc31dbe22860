use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
struct App {
    limit: Duration,
    #[aobject(init = 1, init_timeout = self.limit)]
    store: u64,
}

fn main() {
    drop(App::new(Duration::ZERO));
}
