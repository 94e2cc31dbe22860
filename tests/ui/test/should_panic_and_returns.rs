#[aobject::test]
#[should_panic]
async fn answers() -> Result<(), String> {
    panic!("it does")
}

fn main() {}
