//! Every option, in one attribute or in several, with and without a trailing comma.
#![deny(warnings, missing_docs)]

use std::time::Duration;

use aobject as renamed;
use aobject::AObject;

const LIMIT: Duration = Duration::from_secs(1);

/// Documented.
#[derive(AObject)]
#[aobject(init = Self::open, close = <Self as Flush>::flush, new = open_at, vis = pub(crate),)]
#[aobject(init_timeout = LIMIT * 2, close_timeout = Duration::from_secs(3))]
#[aobject(crate = renamed)]
pub struct App {
    url: String,
    #[aobject(into, close = url_again.clear(),)]
    url_again: String,
    #[aobject(default)]
    hits: u64,
    #[aobject(default = url.len(), close_timeout = LIMIT)]
    #[aobject()]
    len: usize,
    #[aobject(init = async { url.len() }.await + hits.pow(2) as usize, after(len, url_again), init_timeout = LIMIT)]
    #[aobject(close = Err::<(), _>(std::fmt::Error), close_timeout = LIMIT)]
    index: usize,
}

trait Flush {
    async fn flush(&mut self);
}

impl Flush for App {
    async fn flush(&mut self) {}
}

impl App {
    async fn open(&mut self) -> Result<(), std::fmt::Error> {
        let _ = (&self.url, &self.url_again, self.hits, self.len, self.index);
        Ok(())
    }
}

fn main() {
    drop(App::open_at(String::new(), "x"));
}
