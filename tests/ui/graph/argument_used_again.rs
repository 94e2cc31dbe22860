use aobject::AObject;

#[derive(AObject)]
#[aobject(args(url: String))]
struct App {
    #[aobject(init = { drop(url); url.len() })]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
