use aobject::AObject;

async fn open() -> u8 {
    1
}

#[derive(AObject)]
struct App {
    #[aobject(init = open())]
    handle: u8,
}

fn main() {
    drop(App::new());
}
