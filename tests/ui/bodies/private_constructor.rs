mod app {
    #[derive(aobject::AObject)]
    #[aobject(vis = pub(self))]
    pub struct App {
        pub url: String,
    }
}

fn main() {
    drop(app::App::new(String::new()));
}
