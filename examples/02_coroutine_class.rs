//! Learn: awaiting its constructor makes an object, so no half-made object can be misused.
//!
//! In Python, where `hello` can be used before it is ready:
//!
//! ```python
//! class Hello:
//!     def __init__(self, name):
//!         print("the constructor")
//!         self.name = name
//!     def __await__(self):
//!         return self.prepare().__await__()
//!     async def prepare(self):
//!         print("the init")
//!         self.greeting = f"hello {self.name}"
//!         return self
//!
//! hello = Hello("world")
//! print((await hello).greeting)
//! ```

use aobject::{AObject, Error};

#[derive(AObject)]
struct Hello {
    #[aobject(into)]
    name: String,
    #[aobject(default = constructed())]
    punctuation: char,
    #[aobject(init = prepare(name, *punctuation).await)]
    greeting: String,
}

fn constructed() -> char {
    println!("the constructor");
    '!'
}

async fn prepare(name: &str, punctuation: char) -> String {
    println!("the init");
    format!("hello {name}{punctuation}")
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let hello = Hello::new("world"); // not a `Hello` yet, so it has no `greeting`
    println!("nothing is awaited yet");
    let hello = hello.await?;
    println!("{}", hello.greeting);
    hello.close().await
}
