use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, optional = true)]
    port: Option<u16>,
}

fn main() {
    drop(App::new());
}
