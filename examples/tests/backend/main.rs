//! The example service, run as its users run it: as a process, with good and bad input.

mod answer;
mod folder;
mod program;
mod serve;
mod session;
mod tour;
mod usage;
