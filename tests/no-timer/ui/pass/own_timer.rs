// An async function that names its timer.
use std::fmt;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(fmt::Error, max = 2, sleep = my_timer)]
async fn read(calls: &mut u32) -> Result<u32, fmt::Error> {
    *calls += 1;
    if *calls < 2 { Err(fmt::Error) } else { Ok(*calls) }
}

async fn my_timer(_: Duration) {}

fn main() {
    let mut calls = 0;
    let answer = pin!(read(&mut calls)).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(answer, Poll::Ready(Ok(2)));
}
