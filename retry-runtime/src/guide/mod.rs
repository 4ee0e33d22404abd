//! Pages to read, without code.

#[doc = include_str!("in_production.md")]
pub mod in_production {}

#[doc = include_str!("reading_the_logs.md")]
pub mod reading_the_logs {}

#[doc = include_str!("what_is_found.md")]
pub mod what_is_found {}
