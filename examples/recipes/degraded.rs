//! Learn: a part without which the service still works, if not as well.
//!
//! Its field is an `Option`. If it fails to start, the failure is reported, everything that it had made is closed,
//! and the service starts without it. If it starts, it closes like any other field.

use aobject::{AObject, BoxError, Error, Live};

#[derive(AObject)]
struct Cache {
    url: &'static str,
    #[aobject(init = connect(url), close = println!("{connection}: disconnected"))]
    connection: &'static str,
    #[aobject(init = ping(url).await?, after(connection))]
    pong: (),
}

fn connect(url: &'static str) -> &'static str {
    println!("{url}: connected");
    url
}

async fn ping(url: &str) -> Result<(), BoxError> {
    match url {
        "redis://up" => Ok(()),
        _ => Err("no answer".into()),
    }
}

#[derive(AObject)]
struct App {
    url: &'static str,
    #[aobject(init = optional(Cache::new(url).await))]
    cache: Option<Live<Cache>>,
}

fn optional<T>(started: Result<T, Error>) -> Option<T> {
    started
        .inspect_err(|error| println!("without it: {error:#}"))
        .ok()
}

impl App {
    fn kind(&self) -> &str {
        self.cache.as_ref().map_or("slow", |cache| cache.url)
    }
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    for url in ["redis://up", "redis://down"] {
        let app = App::new(url).await?;
        println!("it works, {}", app.kind());
        app.close().await?;
    }
    Ok(())
}
