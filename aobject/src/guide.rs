//! The guide: one page per topic. The programs on each page are compiled and run as tests.
//!
//! | page | answers |
//! |---|---|
//! | [`from_python`] | How do I write what I write in Python with `asyncio`? |
//! | [`service`] | What does a service look like, from its start to its stop? |
//! | [`tasks`] | How do I run background work, and end it before the parts that it uses? |
//! | [`closing`] | In which order do objects close, and what happens to an object that I drop? |
//! | [`sharing`] | How do several owners use one object? |
//! | [`errors`] | What does an error contain, and where do errors go that nobody awaits? |
//! | [`limits`] | How long can a start, a close and a whole stop take? |
//! | [`retry`] | How do I try again, or start without a part that fails? |
#![cfg_attr(
    feature = "dynamic",
    doc = "| [`run_time`] | How do I choose an implementation, or a whole graph, at run time? |"
)]
//! | [`slots`] | How do I replace a part while the program runs? |
//! | [`observing`] | How do I see what starts, waits, closes and hangs? |
//! | [`testing`] | How do I test objects, and find the ones that a test forgot to close? |
//! | [`blocking`] | How do I deal with code that blocks its thread? |
//! | [`libraries`] | How do I use objects in a library of my own? |
//! | [`compile_errors`] | What does this compile error mean, and how do I fix it? |

pub mod blocking;
pub mod closing;
pub mod compile_errors;
pub mod errors;
pub mod from_python;
pub mod libraries;
pub mod limits;
pub mod observing;
pub mod retry;
#[cfg(feature = "dynamic")]
pub mod run_time;
pub mod service;
pub mod sharing;
pub mod slots;
pub mod tasks;
pub mod testing;
