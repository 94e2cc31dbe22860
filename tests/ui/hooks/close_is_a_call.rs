use aobject::AObject;

#[derive(AObject)]
#[aobject(close = self.flush().await)]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
