//! Objects and their handles: the trait `AObject`, its future `New`, the `Live` that the future yields, and `Closing`.

pub(crate) mod body;
pub(crate) mod cell;
pub(crate) mod certain;
pub(crate) mod close;
pub(crate) mod closing;
pub(crate) mod drain;
pub(crate) mod live;
pub(crate) mod new;
pub(crate) mod object;
#[expect(
    missing_debug_implementations,
    reason = "only derived code uses these types"
)]
pub(crate) mod refused;
pub(crate) mod shared;
pub(crate) mod weak;
