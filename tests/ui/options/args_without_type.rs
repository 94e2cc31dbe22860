use aobject::AObject;

#[derive(AObject)]
#[aobject(args(url, port: u16))]
struct App {
    #[aobject(init = 1)]
    length: usize,
}

fn main() {
    drop(App::new());
}
