//! What the library promises, seen from outside. Test names say the claim; scenario ids stand beside it.

mod ladder;
mod world;
