use aobject::{AObject, Tasks};

#[derive(AObject)]
struct App {
    config: String,
    #[aobject(init = {
        let tasks = Tasks::new();
        tasks.spawn("task", async move |_| println!("{}", config.len()));
        tasks
    })]
    tasks: Tasks,
}

fn main() {
    drop(App::new(String::new()));
}
