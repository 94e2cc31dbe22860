use aobject::{CancellationToken, Tasks};

struct Counter {
    count: u32,
    tasks: Tasks,
}

impl Counter {
    fn start(&self) {
        self.tasks.spawn("task", async move |_: CancellationToken| println!("{}", self.count));
    }
}

fn main() {
    Counter { count: 1, tasks: Tasks::new() }.start();
}
