#![deny(warnings)]

macro_rules! program {
    ($flavor:literal, $limit:expr, $name:ident -> $output:ty, $body:block) => {
        #[aobject::main(flavor = $flavor, limit = $limit)]
        async fn $name() -> $output $body
    };
}

program!("current_thread", std::time::Duration::from_secs(1), main -> Result<(), String>, {
    let local = tokio::spawn(async { 1 }).await.map_err(|error| error.to_string())?;
    assert_eq!(local + other(), 3);
    Ok(())
});

macro_rules! in_thread {
    ($name:ident = $value:expr) => {
        fn $name() -> u8 {
            #[aobject::main]
            async fn inner() -> u8 {
                $value
            }
            std::thread::spawn(inner).join().unwrap()
        }
    };
}

in_thread!(other = 2);
