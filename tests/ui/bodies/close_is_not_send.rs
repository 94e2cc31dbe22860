use std::rc::Rc;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(close = { let rc = Rc::new(url); std::future::ready(()).await; drop(rc) })]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
