use aobject::{AObject, Tasks};

#[derive(AObject)]
#[aobject(args(every: u64))]
struct App {
    config: String,
    #[aobject(default = {
        let tasks = Tasks::new();
        tasks.spawn("task", async move |_| println!("{} {every}", config.len()));
        tasks
    })]
    tasks: Tasks,
}

fn main() {
    drop(App::new(1, String::new()));
}
