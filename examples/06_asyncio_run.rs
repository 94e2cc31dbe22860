//! Learn: `run` calls async code from a sync function, and closes every object that the code left open.
//!
//! In Python, where `asyncio.run` does not know what is open, so that Backend.AI has its own:
//!
//! ```python
//! def main():
//!     asyncio_run(work())
//!     print("after")
//! ```

use aobject::{AObject, BoxError};

#[derive(AObject)]
#[aobject(close = Self::end)]
struct Session {
    name: &'static str,
}

impl Session {
    async fn end(&mut self) {
        tokio::task::yield_now().await;
        println!("{}: closed", self.name);
    }
}

async fn work() -> Result<(), BoxError> {
    let first = Session::new("first").await?;
    let _second = Session::new("second").await?;
    first.close().await?;
    Err("no more paper".into()) // nobody closes the second object
}

fn main() {
    let outcome = aobject::run(work());
    println!("after that: {outcome:?}");
}
