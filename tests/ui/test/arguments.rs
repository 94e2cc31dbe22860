#[aobject::test]
async fn answers(port: u16) {
    drop(port);
}

fn main() {}
