//! Tests of what comes from outside; each file says what is in it.
