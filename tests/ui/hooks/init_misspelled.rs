use aobject::AObject;

#[derive(AObject)]
#[aobject(init = Self::open)]
struct App {
    url: String,
}

impl App {
    async fn opn(&mut self) {}
}

fn main() {
    drop(App::new(String::new()));
}
