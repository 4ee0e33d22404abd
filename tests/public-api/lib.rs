//! Nothing to use: this package is its test, and Cargo asks for a library beside it.
