//! What is special about FairePlace.

mod clients;
mod orchestration;
mod traps;
