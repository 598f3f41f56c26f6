//! What is special about Signly's templates, documents and processes.

mod callbacks;
mod following;
mod transfers;
mod traps;
