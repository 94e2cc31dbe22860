use aobject::AObject;

#[derive(AObject)]
struct App<'a, T: Send + 'static>(fn(&'a T), T);

fn main() {}
