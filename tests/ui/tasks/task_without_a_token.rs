use aobject::Tasks;

#[aobject::main]
async fn main() {
    Tasks::new().spawn("print", async { println!("done") });
}
