use aobject::{AObject, Scope};

#[derive(AObject)]
struct App {
    #[aobject(default)]
    scope: Scope,
    #[aobject(init = scope() + 1)]
    count: u8,
}

fn scope() -> u8 {
    0
}

fn main() {
    drop(App::new());
}
