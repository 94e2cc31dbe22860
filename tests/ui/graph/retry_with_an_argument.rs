use aobject::AObject;

#[derive(AObject)]
#[aobject(args(url: String))]
struct App {
    #[aobject(init = url.len(), retry = [std::time::Duration::ZERO])]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
