use aobject::AObject;

#[derive(AObject)]
#[aobject(args(url: &str))]
struct App {
    #[aobject(init = url.len())]
    length: usize,
}

fn main() {
    drop(App::new(""));
}
