//! A graph of members, walked both ways in one task: upwards to make them, each once what it needs is made, and
//! downwards to close them, each once its users are closed. Members are numbered in an order of start.
//!
//! An agenda says which members are looked at in a poll. [`Up`] and [`Down`] look at all of them, which is fastest for the
//! fields of a struct; [`woken`] looks at those whose wakers were called, for an assembly of thousands.

use std::iter::Rev;
use std::ops::Range;
use std::task::Context;

use crate::ground::path::PathSegment;

pub(crate) mod end;
pub(crate) mod start;
mod watch;
pub(crate) mod woken;

/// Who waits for whom.
pub(crate) trait Graph {
    /// How many members there are.
    fn members(&self) -> usize;

    /// The name of the object that they are members of.
    fn object(&self) -> PathSegment;

    /// A member's name among the others.
    fn name(&self, at: usize) -> PathSegment;

    /// Those that are made before a member, and closed after it: all of them lower, each once.
    fn needs(&self, at: usize) -> &[usize];

    /// The same backwards.
    fn users(&self, at: usize) -> &[usize];
}

/// Which members a pass looks at, in the order of its way.
pub(crate) trait Agenda {
    /// What is left of a pass.
    type Pass;

    /// A pass over `members`, of which one that wakes later wakes `cx`.
    fn pass(&mut self, members: Range<usize>, cx: Option<&Context<'_>>) -> Self::Pass;

    /// The next one to be looked at.
    fn next(&mut self, pass: &mut Self::Pass) -> Option<usize>;

    /// Whether all that a member waits for has ended.
    fn may_begin(&self, at: usize, awaited: &[usize], has_ended: impl Fn(usize) -> bool) -> bool;

    /// Polls a member.
    fn poll<R>(
        &mut self,
        at: usize,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> R,
    ) -> R;

    /// A member has begun in a pass that polls nothing.
    fn postpone(&mut self, at: usize);

    /// A member has ended that `waiting` had waited for, among others.
    fn ended(&mut self, waiting: &[usize]);

    /// Whether no member is left, where `all_seen_ended` says so of those that the pass looked at.
    fn is_over(&self, all_seen_ended: bool) -> bool;
}

/// All members in each pass, from the lowest. One pass is enough: what ends in it is seen by those behind, which are
/// all that may wait for it.
pub(crate) struct Up;

/// The same from the highest.
pub(crate) struct Down;

macro_rules! all_in_each_pass {
    ($way:ty, $pass:ty, $in_order:expr) => {
        impl Agenda for $way {
            type Pass = $pass;

            #[inline]
            fn pass(&mut self, members: Range<usize>, _: Option<&Context<'_>>) -> $pass {
                $in_order(members)
            }

            #[inline]
            fn next(&mut self, pass: &mut $pass) -> Option<usize> {
                pass.next()
            }

            #[inline]
            fn may_begin(
                &self,
                _: usize,
                awaited: &[usize],
                has_ended: impl Fn(usize) -> bool,
            ) -> bool {
                awaited.iter().all(|&at| has_ended(at))
            }

            #[inline]
            fn poll<R>(
                &mut self,
                _: usize,
                cx: &mut Context<'_>,
                poll: impl FnOnce(&mut Context<'_>) -> R,
            ) -> R {
                poll(cx)
            }

            #[inline]
            fn postpone(&mut self, _: usize) {}

            #[inline]
            fn ended(&mut self, _: &[usize]) {}

            #[inline]
            fn is_over(&self, all_seen_ended: bool) -> bool {
                all_seen_ended
            }
        }
    };
}

all_in_each_pass!(Up, Range<usize>, |members| members);
all_in_each_pass!(Down, Rev<Range<usize>>, Range::rev);
