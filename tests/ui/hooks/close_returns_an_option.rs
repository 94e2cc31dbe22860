use aobject::AObject;

#[derive(AObject)]
#[aobject(close = Self::open)]
struct App {
    url: String,
}

impl App {
    async fn open(&mut self) -> Option<()> {
        None
    }
}

fn main() {
    drop(App::new(String::new()));
}
