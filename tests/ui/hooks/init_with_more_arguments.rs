use aobject::AObject;

#[derive(AObject)]
#[aobject(init = Self::open)]
struct App {
    url: String,
}

impl App {
    async fn open(&mut self, _: u8) {}
}

fn main() {
    drop(App::new(String::new()));
}
