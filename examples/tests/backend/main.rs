//! Tests the example: its parts in this process, and the whole program as its users run it, with good and bad input.
#![allow(
    clippy::unwrap_used,
    reason = "tests fail loudly, and so do the helpers that they share"
)]

mod asking;
mod auth;
mod damage;
mod events;
mod folder;
mod following;
mod graph;
mod image;
mod opening;
mod operations;
mod places;
mod postgres;
mod program;
mod reload;
mod rescanning;
mod rules;
mod scripted;
mod serve;
mod shown;
mod signed;
mod state;
mod tour;
mod usage;
mod world;
mod writing;
