use aobject::AObject;

#[derive(AObject)]
#[aobject(init = "Self::open")]
struct App;

impl App {
    async fn open(&mut self) {}
}

fn main() {}
