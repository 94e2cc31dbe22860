use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
#[aobject(init_timeout = *limit)]
struct App {
    #[aobject(init = Duration::ZERO)]
    limit: Duration,
}

fn main() {
    drop(App::new());
}
