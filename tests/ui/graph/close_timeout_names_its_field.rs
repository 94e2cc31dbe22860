use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(close_timeout = limit, default = Duration::ZERO)]
    limit: Duration,
}

fn main() {
    drop(App::new());
}
