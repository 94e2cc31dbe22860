use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, optional)]
    port: u16,
}

fn main() {}
