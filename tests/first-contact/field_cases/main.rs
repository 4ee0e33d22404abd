//! What people met when they retried calls, from their public reports: each a small program, named after
//! what it is promised today. One file, one report.
//!
//! Others are elsewhere, because they need a process, a target or crates of their own: a program that uses
//! `log` (`tests/log`), `#[wasm_bindgen]` (`tests/wasm`), errors of other crates that tell of a timeout
//! (`tests/found`), a hook that is `async` (`tests/ui/fail/hook`).

mod a_call_is_ended_by_its_own_limits;
mod a_decimal_retry_after_is_read;
mod a_hint_of_a_minute_is_followed;
mod a_poll_is_no_warning;
mod a_reader_can_be_sent_in_full_again;
mod a_retried_closure_can_be_spawned;
mod a_stream_can_be_resumed;
mod a_write_that_timed_out_can_be_left_alone;
mod an_error_that_borrows_can_be_retried;
mod methods_of_one_name_are_told_apart;
mod polling_never_runs_dry;
mod the_body_can_wait_where_a_hook_cannot;
mod the_error_can_say_how_often_it_was_tried;
mod three_hundred_calls_at_once_are_told_what_to_write;
mod unless_looks_into_the_chain;
mod what_a_transparent_variant_hides_is_told;
