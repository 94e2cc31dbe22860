//! The crates that close what is dropped. Each is used as its documentation shows it. Those that have no close to be
//! called leave out `close`, and all leave out `drain` and `run`.

mod async_drop;
mod async_dropper;
mod async_dropper_simple;
mod async_dropx;
mod tokio_async_drop;

use crate::survival::contestant::Contestant;

pub(super) fn contestants() -> [Contestant; 5] {
    [
        Contestant::of::<async_dropper_simple::Simple>("async-dropper-simple 0.2.6"),
        Contestant::of::<async_dropper::Derive>("async-dropper 0.3.1"),
        Contestant::of::<async_drop::Dropped>("async-drop 0.1.2"),
        Contestant::of::<async_dropx::Dropx>("async-dropx 0.1.7"),
        Contestant::of::<tokio_async_drop::Macro>("tokio-async-drop 0.1.0"),
    ]
}
