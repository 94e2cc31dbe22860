use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = url.len())]
    length: usize,
    #[aobject(init = drop(tokio::spawn(async move { println!("{length}") })))]
    task: (),
}

fn main() {
    drop(App::new(String::new()));
}
