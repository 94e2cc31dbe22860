use aobject::Tasks;

#[aobject::main]
async fn main() {
    Tasks::new().spawn(async { println!("done") });
}
