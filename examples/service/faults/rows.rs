//! The faults: what breaks, and what a good service does about it.

mod around;
mod inside;
mod reload;
mod stop;

use std::future::Future;
use std::pin::Pin;

use service::core::BoxError;

use super::table::Cell;
use super::world::World;

/// The action of a row, in its own world.
type Run = for<'w> fn(&'w mut World) -> Pin<Box<dyn Future<Output = Result<Cell, BoxError>> + 'w>>;

/// One fault.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) needs_postgres: bool,
    pub(super) run: Run,
}

macro_rules! rows {
    ($($name:literal => $module:ident::$function:ident $($postgres:ident)?,)*) => {
        &[$(Row {
            name: $name,
            needs_postgres: rows!(@ $($postgres)?),
            run: |world| Box::pin($module::$function(world)),
        }),*]
    };
    (@ postgres) => { true };
    (@) => { false };
}

/// All faults, in the order of the table.
pub(super) const ROWS: &[Row] = rows! {
    "SIGTERM under load" => stop::under_load,
    "SIGTERM, a request of 1 s in flight" => stop::short_request,
    "SIGTERM, a request of 10 s in flight" => stop::long_request,
    "SIGTERM, a client that never reads" => stop::client_that_never_reads,
    "SIGTERM twice" => stop::twice,
    "SIGTERM while it retries its database" => stop::while_it_retries,
    "SIGHUP" => stop::hangup,
    "database late" => around::database_late,
    "database never there" => around::database_never,
    "database killed" => around::database_killed postgres,
    "database frozen" => around::database_frozen,
    "cache off" => around::cache_off,
    "cache killed" => around::cache_killed,
    "cache frozen" => around::cache_frozen,
    "port in use" => around::port_in_use,
    "bad configuration" => around::bad_configuration,
    "reload under load" => reload::under_load,
    "reload of a bad file" => reload::bad_file,
    "reload to an unreachable cache" => reload::unreachable,
    "reload, 20 clients give up" => reload::clients_give_up,
    "an init panics" => inside::init_panics,
    "an init fails, a sibling in flight" => inside::init_fails,
    "`main` panics" => inside::main_panics,
    "a close hangs" => inside::close_hangs,
    "a close fails" => inside::close_fails,
    "a close panics" => inside::close_panics,
    "a worker panics" => inside::worker_panics,
    "a worker returns" => inside::worker_returns,
    "a worker blocks its thread" => inside::worker_blocks,
    "a test forgets the close" => inside::test_forgets,
};
