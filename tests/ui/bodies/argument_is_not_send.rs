use std::rc::Rc;

use aobject::AObject;

#[derive(AObject)]
#[aobject(args(of: Rc<str>))]
struct App {
    #[aobject(init = of.len())]
    length: usize,
}

fn main() {
    drop(App::new(Rc::from("")));
}
