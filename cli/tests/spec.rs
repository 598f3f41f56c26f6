//! `countersign spec`.
