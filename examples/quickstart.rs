//! The first example of the README: a service times out twice, then answers.
//!
//! ```text
//! cargo run -p retry-examples --example quickstart
//! ```
//!
//! Expect one WARN for each failed attempt, one INFO on recovery, then the answer.

use retry_runtime::retry_on;
use std::io;

#[retry_on(e: io::Error if e.kind() == io::ErrorKind::TimedOut, max = 3)]
async fn answer(calls: &mut u32) -> io::Result<u32> {
    *calls += 1; // a service that is slow twice
    if *calls < 3 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(42) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt().without_time().init();
    println!("the answer is {}", answer(&mut 0).await?);
    Ok(())
}
