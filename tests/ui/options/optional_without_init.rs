use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(optional)]
    url: Option<String>,
}

fn main() {
    drop(App::new(None));
}
