use std::cell::Cell;

use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = Cell::new(1))]
    cell: Cell<u8>,
    #[aobject(init = cell.get())]
    value: u8,
}

fn main() {
    drop(App::new());
}
