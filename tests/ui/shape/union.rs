use aobject::AObject;

#[derive(AObject)]
union App {
    a: u8,
    b: u8,
}

fn main() {}
