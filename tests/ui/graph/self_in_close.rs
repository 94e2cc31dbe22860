use aobject::AObject;

#[derive(AObject)]
struct App {
    config: String,
    #[aobject(default, close = self.pool.push_str("closed"))]
    pool: String,
    #[aobject(default, close = index.push_str(&self.config))]
    index: String,
}

fn main() {
    drop(App::new(String::new()));
}
