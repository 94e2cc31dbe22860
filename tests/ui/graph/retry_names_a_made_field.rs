use std::time::Duration;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = vec![Duration::ZERO])]
    delays: Vec<Duration>,
    #[aobject(init = 1, retry = delays.clone())]
    store: u64,
}

fn main() {
    drop(App::new());
}
