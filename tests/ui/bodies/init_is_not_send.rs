use std::rc::Rc;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = { let rc = Rc::new(1u8); std::future::ready(()).await; *rc })]
    value: u8,
}

fn main() {
    drop(App::new());
}
