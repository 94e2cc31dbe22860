use aobject::AObject;

#[derive(AObject)]
#[aobject(rename = "app")]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
