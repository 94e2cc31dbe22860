use aobject::{AObject, dynamic::Dyn};

#[aobject::dynamic]
trait Cache: Sync {
    async fn get(&self, key: &str) -> Option<String>;
}

#[derive(AObject)]
struct App {
    cache: Dyn<dyn Cache>,
}

fn main() {
    drop(App::new);
}
