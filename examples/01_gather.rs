//! Learn: a call starts nothing. Awaited together, objects start concurrently, and you get all of them or none.
//!
//! In Python:
//!
//! ```python
//! async def connect(name):
//!     print(f"connecting to {name}")
//!     await asyncio.sleep(0.01)
//!     print(f"connected to {name}")
//!     return name
//!
//! first, second = connect("alpha"), connect("beta")
//! print("nothing has happened yet")
//! print(await asyncio.gather(first, second))
//! ```

use std::time::Duration;

use aobject::{AObject, Error, try_join};
use tokio::time::sleep;

#[derive(AObject)]
struct Connection {
    name: &'static str,
    #[aobject(init = connect(name).await, close = println!("disconnected from {id}"))]
    id: String,
}

async fn connect(name: &str) -> String {
    println!("connecting to {name}");
    sleep(Duration::from_millis(10)).await;
    println!("connected to {name}");
    name.to_uppercase()
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (first, second) = (Connection::new("alpha"), Connection::new("beta"));
    println!("nothing has happened yet");
    // `gather` leaves the other coroutine running if one fails. Here it is closed before the error is returned.
    let (first, second) = try_join((first, second)).await?;
    println!("{} and {}", first.id, second.id);
    second.close().await?;
    first.close().await
}
