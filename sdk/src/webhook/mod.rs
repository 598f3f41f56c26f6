//! Callbacks: what arrived, and what it proves.
