//! Learn: where Python inherits, Rust holds. Each constructor and each init runs once, the base first.
//!
//! In Python:
//!
//! ```python
//! class Base(aobject):
//!     def __init__(self): print("Base.__init__")
//!     async def __ainit__(self): print("Base.__ainit__")
//!
//! class Derived(Base):
//!     def __init__(self):
//!         super().__init__()
//!         print("Derived.__init__")
//!     async def __ainit__(self):
//!         await super().__ainit__()
//!         print("Derived.__ainit__")
//! ```

use aobject::{AObject, BoxError, BoxNew, Error, Live, New};

#[derive(AObject)]
#[aobject(new = make)]
struct Base {
    #[aobject(init = println!("Base: init"))]
    ready: (),
}

impl Base {
    fn new() -> BoxNew<Self> {
        println!("Base: constructor");
        Self::make().boxed()
    }
}

/// Hand-written, because its seed is the start of another object. The derive could express this too.
struct Derived(Live<Base>);

impl Derived {
    fn new() -> New<Self, impl Future<Output = Result<Self, BoxError>>> {
        let base = Base::new();
        println!("Derived: constructor");
        Self::start(base)
    }
}

impl AObject for Derived {
    type Seed = BoxNew<Base>;

    async fn init(base: BoxNew<Base>) -> Result<Self, BoxError> {
        let derived = Self(base.await?);
        println!("Derived: init, the base is ready: {:?}", derived.0.ready);
        Ok(derived)
    }
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    Derived::new().await?.close().await
}
