#[aobject::test]
async fn answers<T: Default>() {
    drop(T::default());
}

fn main() {}
