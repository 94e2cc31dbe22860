//! Traits of every shape that works behind `dyn`.

use std::fmt::Debug;

use aobject::AObject;
use aobject::dynamic::Dyn;

mod again {
    pub use ::aobject::*;
}

/// Above or below.
#[aobject::async_trait]
#[aobject::dynamic]
pub(crate) trait Above: Send + Sync {
    async fn answer(&self) -> u8;
}

/// `Sync` through another trait.
trait Base: Sync {}

#[aobject::dynamic(crate = crate::again)]
unsafe trait Shaped<'a, T: Debug + 'static, const N: usize>: Base + Debug
where
    T: Clone + Send,
{
    type Type: Into<u8> + From<T>;
    type Lent<'b>: Debug
    where
        Self: Sized;
    fn own(self: Box<Self>) -> Self::Type;
    fn borrowed<'b>(&'b mut self, of: &'a [T; N]) -> &'b dyn Debug;
    fn size() -> usize
    where
        Self: Sized;
}

#[derive(AObject, Debug)]
struct One;

impl Base for One {}

#[aobject::async_trait]
impl Above for One {
    async fn answer(&self) -> u8 {
        42
    }
}

unsafe impl Shaped<'static, u8, 2> for One {
    type Type = u8;
    type Lent<'b> = &'b u8;
    fn own(self: Box<Self>) -> u8 {
        1
    }
    fn borrowed<'b>(&'b mut self, _: &'static [u8; 2]) -> &'b dyn Debug {
        self
    }
    fn size() -> usize {
        0
    }
}

#[derive(AObject)]
struct Holder {
    #[aobject(init = One::new().await?.into_dyn())]
    above: Dyn<dyn Above>,
    #[aobject(init = One::new().await?.into_dyn())]
    shaped: Dyn<dyn Shaped<'static, u8, 2, Type = u8>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), aobject::Error> {
    let mut holder = Holder::new().await?;
    assert_eq!(holder.above.answer().await, 42);
    assert_eq!(format!("{:?}", holder.shaped.borrowed(&[1, 2])), "One");
    assert_eq!(One::size(), 0);
    holder.close().await
}
