use std::rc::Rc;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = Rc::new(1))]
    rc: Rc<u8>,
}

fn main() {
    drop(App::new());
}
