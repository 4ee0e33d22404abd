//! Pages to read, without code.

#[doc = include_str!("in_production.md")]
pub mod in_production {}

#[doc = include_str!("reading_the_logs.md")]
pub mod reading_the_logs {}

#[doc = include_str!("what_semver_covers.md")]
pub mod what_semver_covers {}

#[doc = include_str!("what_is_found.md")]
pub mod what_is_found {}

#[doc = include_str!("what_it_will_not_do.md")]
pub mod what_it_will_not_do {}

#[doc = include_str!("turn_it_off_in_tests.md")]
pub mod turn_it_off_in_tests {}
