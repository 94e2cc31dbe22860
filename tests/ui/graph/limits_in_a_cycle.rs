use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(close_timeout = *b)]
    a: Duration,
    #[aobject(close_timeout = *a)]
    b: Duration,
}

fn main() {
    drop(App::new(Duration::ZERO, Duration::ZERO));
}
