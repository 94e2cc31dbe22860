use aobject::AObject;

use std::borrow::Cow;

#[derive(AObject)]
struct App<'a, 'b> {
    url: Cow<'a, str>,
    names: Vec<&'b mut String>,
}

fn main() {}
