//! Servers that behave like the providers: for tests and development, offline.
