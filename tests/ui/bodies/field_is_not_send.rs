use std::rc::Rc;

use aobject::AObject;

#[derive(AObject)]
struct App {
    rc: Rc<u8>,
}

fn main() {
    drop(App::new(Rc::new(1)));
}
