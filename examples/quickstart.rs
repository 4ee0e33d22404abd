//! One line above a function retries it: the server is busy twice, then answers.
//!
//! ```text
//! cargo run -p retry-examples --example quickstart
//! ```
//!
//! Expect one WARN for each failed attempt, one INFO on recovery, then the user's name.

use std::sync::atomic::{AtomicU32, Ordering};

use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("the server is busy")]
    Busy,
    #[error("there is no such user")]
    NotFound,
}

// At most 3 calls. `Busy` is worth another one; `NotFound` comes back at once.
#[retry_on(ApiError::Busy, max = 3)]
async fn user_name(id: u32) -> Result<&'static str, ApiError> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    match CALLS.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err(ApiError::Busy),
        _ if id == 7 => Ok("Ada"),
        _ => Err(ApiError::NotFound),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ApiError> {
    tracing_subscriber::fmt().without_time().init();
    println!("user 7 is {}", user_name(7).await?);
    Ok(())
}
