//! The cost of a call that does not fail: the size of its future. `allocations` counts memory, and
//! `cargo bench -p retry-benches` counts instructions.

use retry_benches::{Service, asynchronous, asynchronous_by_hand};

/// The state of a call that fails is allocated: one pointer.
const MORE: usize = 16;

#[test]
fn a_small_future_is_hardly_larger_than_that_of_the_loop_by_hand() {
    let service = Service::default();
    let attribute = size_of_val(&asynchronous::<64>(&service, 1));
    let by_hand = size_of_val(&asynchronous_by_hand::<64>(&service, 1));
    assert!(attribute <= by_hand + MORE, "{attribute} bytes, {by_hand} by hand");
}

#[test]
fn a_large_future_is_hardly_larger_than_that_of_the_loop_by_hand() {
    let service = Service::default();
    let attribute = size_of_val(&asynchronous::<1024>(&service, 1));
    let by_hand = size_of_val(&asynchronous_by_hand::<1024>(&service, 1));
    assert!(attribute <= by_hand + MORE, "{attribute} bytes, {by_hand} by hand");
}
