//! Nothing to use: this package is its tests, and Cargo asks for a library beside them.
