//! The guide: one page for each task, each page a program that runs.
//!
//! | page | answers |
//! |---|---|
//! | [`from_python`] | How do I write what I write in Python with `asyncio`? |
//! | [`service`] | What does a service look like, from its start to its stop? |
//! | [`closing`] | In which order do things close, and who closes what I drop? |
//! | [`sharing`] | How do several owners use one object? |
//! | [`errors`] | What does an error say, and where do errors go that nobody awaits? |
//! | [`limits`] | How long can a start, a close and a whole stop take? |
//! | [`retry`] | How do I try again, or start without a part that fails? |
//! | [`testing`] | How do I test objects, and find those that a test forgot? |
//! | [`blocking`] | What do I do with code that blocks its thread? |
//! | [`libraries`] | How do I offer objects in a library of my own? |
//! | [`compile_errors`] | What does this compile error want me to write? |

pub mod blocking;
pub mod closing;
pub mod compile_errors;
pub mod errors;
pub mod from_python;
pub mod libraries;
pub mod limits;
pub mod retry;
pub mod service;
pub mod sharing;
pub mod testing;
