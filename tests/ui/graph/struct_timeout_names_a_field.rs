use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
#[aobject(init_timeout = limit)]
struct App {
    limit: Duration,
}

fn main() {
    drop(App::new(Duration::ZERO));
}
