//! Learn: `with` opens an object for a body, and closes it however the body ends.
//!
//! In Python:
//!
//! ```python
//! class Door:
//!     async def __aenter__(self):
//!         print("open")
//!         return self
//!     async def __aexit__(self, *exc_info):
//!         print("closed")
//!
//! async with Door() as door:
//!     print("inside")
//!     raise ValueError("it rains")
//! ```

use aobject::{AObject, BoxError};

#[derive(AObject)]
#[aobject(init = Self::open, close = Self::shut)]
struct Door {
    name: &'static str,
}

impl Door {
    async fn open(&mut self) {
        println!("{} door: open", self.name);
    }

    async fn shut(&mut self) {
        println!("{} door: closed", self.name);
    }
}

#[aobject::main(flavor = "current_thread")]
async fn main() {
    let outcome: Result<(), BoxError> = Door::new("front")
        .with(async |door| {
            println!("through the {} door", door.name);
            Door::new("back")
                .with(async |_| Err("it rains".into()))
                .await
        })
        .await;
    println!("{outcome:?}");
}
