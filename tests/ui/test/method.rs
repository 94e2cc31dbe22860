struct App;

impl App {
    #[aobject::test]
    async fn answers(&self) {}
}

fn main() {
    drop(App);
}
