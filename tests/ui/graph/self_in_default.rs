use aobject::AObject;

#[derive(AObject)]
struct App {
    config: String,
    #[aobject(default = self.config.len())]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
