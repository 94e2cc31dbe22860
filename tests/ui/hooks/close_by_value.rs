use aobject::AObject;

#[derive(AObject)]
#[aobject(close = Self::flush)]
struct App {
    url: String,
}

impl App {
    async fn flush(self) {}
}

fn main() {
    drop(App::new(String::new()));
}
