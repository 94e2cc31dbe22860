use aobject::AObject;

#[derive(AObject)]
struct App<'a> {
    url: &'a str,
}

fn main() {
    drop(App::new("url"));
}
