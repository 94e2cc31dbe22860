use aobject::{CancellationToken, Tasks};

#[aobject::main]
async fn main() {
    let (tasks, name) = (Tasks::new(), String::from("local"));
    tasks.spawn("task", async |_: CancellationToken| println!("{name}"));
}
