trait Answer {
    #[aobject::test]
    async fn answers();
}

fn main() {}
