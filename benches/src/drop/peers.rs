//! The peers of figure `drop`.

use std::future::Future;
use std::pin::Pin;

use async_dropper_simple::AsyncDropper;
use async_dropx::AsyncDropx;
use async_trait::async_trait;

use crate::drop::dropper::{Dropper, File, Way};

pub(super) fn droppers() -> [Dropper; 4] {
    [
        Dropper::of::<Dropx>("async-dropx"),
        Dropper::of::<TokioAsyncDrop>("tokio-async-drop"),
        Dropper::of::<Simple>("async-dropper-simple"),
        Dropper::of::<AsyncDrop>("async-drop"),
    ]
}

struct Dropx(File);

impl async_dropx::AsyncDrop for Dropx {
    type Dropper = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn async_drop(mut self) -> Self::Dropper {
        Box::pin(async move { self.0.close().await })
    }
}

impl Way for Dropx {
    fn make(file: File) -> impl Send + 'static {
        AsyncDropx::new(Self(file))
    }
}

struct TokioAsyncDrop(File);

impl Drop for TokioAsyncDrop {
    fn drop(&mut self) {
        tokio_async_drop::tokio_async_drop!({ self.0.close().await });
    }
}

impl Way for TokioAsyncDrop {
    fn make(file: File) -> impl Send + 'static {
        Self(file)
    }
}

#[derive(Default)]
struct Simple(File);

#[async_trait]
impl async_dropper_simple::AsyncDrop for Simple {
    async fn async_drop(&mut self) {
        self.0.close().await;
    }
}

impl Way for Simple {
    fn make(file: File) -> impl Send + 'static {
        AsyncDropper::new(Self(file))
    }
}

struct AsyncDrop(File);

impl async_drop::AsyncDrop for AsyncDrop {
    fn async_drop(&mut self) -> async_drop::AsyncDropFuture<'_> {
        Box::pin(async {
            self.0.close().await;
            Ok(())
        })
    }
}

impl Way for AsyncDrop {
    fn make(file: File) -> impl Send + 'static {
        async_drop::Dropper::new(Self(file))
    }
}
