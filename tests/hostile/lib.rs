//! Tests of what comes from outside; they are in `texts.rs`.
