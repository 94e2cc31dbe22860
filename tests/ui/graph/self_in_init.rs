use aobject::AObject;

#[derive(AObject)]
struct App {
    config: String,
    #[aobject(init = self.config.len())]
    length: usize,
    #[aobject(init = Self::open(&self).await)]
    opened: bool,
}

impl App {
    async fn open(&self) -> bool {
        self.config.is_empty()
    }
}

fn main() {
    drop(App::new(String::new()));
}
