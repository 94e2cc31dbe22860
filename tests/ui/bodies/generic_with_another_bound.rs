use std::collections::VecDeque;

use aobject::AObject;

#[derive(AObject)]
struct App<T: Clone + 'static> {
    values: VecDeque<T>,
}

fn main() {}
