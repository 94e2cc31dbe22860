use std::rc::Rc;

use aobject::AObject;

#[derive(AObject)]
#[aobject(init = Self::open)]
struct App {
    url: String,
}

impl App {
    async fn open(&mut self) {
        let rc = Rc::new(1);
        std::future::ready(rc.clone()).await;
    }
}

fn main() {
    drop(App::new(String::new()));
}
