//! What is special about Signly's templates, documents and processes.

mod following;
mod transfers;
mod traps;
