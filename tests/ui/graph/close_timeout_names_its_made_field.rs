use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = Duration::ZERO, close_timeout = *limit)]
    limit: Duration,
}

fn main() {
    drop(App::new());
}
