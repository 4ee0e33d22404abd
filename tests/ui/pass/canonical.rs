// The forms of the README.
use std::fmt;
use std::io;
use std::time::Duration;

use retry_runtime::{Jitter, retry_on};

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("busy")]
    Busy,
    #[error("status {status}")]
    Http { status: u16 },
    #[error("io")]
    Io(#[from] io::Error),
}

#[retry_on(io::Error)]
fn one_type() -> io::Result<()> {
    Ok(())
}

#[retry_on(io::Error, fmt::Error, max = 4)]
async fn several_types() -> Result<(), ApiError> {
    Ok(())
}

#[retry_on(io::Error | fmt::Error, max = 4)]
fn alternatives() -> Result<(), ApiError> {
    Ok(())
}

#[retry_on(ApiError::Busy, ApiError::Io, ApiError::Http { status: 500..=599 })]
async fn variants() -> Result<(), ApiError> {
    Err(ApiError::Busy)
}

#[retry_on(ApiError::Http { status } if *status >= 500)]
fn guard() -> Result<(), ApiError> {
    Err(ApiError::Http { status: 503 })
}

#[retry_on(e: io::Error if e.kind() == io::ErrorKind::TimedOut)]
async fn typed_binding() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

#[retry_on(u8)]
fn a_number() -> Result<(), u8> {
    Ok(())
}

#[retry_on(_)]
fn any() -> Result<(), String> {
    Ok(())
}

#[retry_on(when = is_transient, unless = |error| matches!(error, ApiError::Busy))]
async fn predicates() -> Result<(), ApiError> {
    Ok(())
}

fn is_transient(error: &ApiError) -> bool {
    !matches!(error, ApiError::Http { .. })
}

#[retry_on(
    io::Error,
    max = 5,
    delay = "50ms",
    factor = 1.5,
    max_delay = "2s",
    jitter = equal,
    name = "orders"
)]
fn every_literal() -> io::Result<()> {
    Ok(())
}

fn main() {
    one_type().unwrap();
    alternatives().unwrap();
    guard().unwrap_err();
    a_number().unwrap();
    any().unwrap();
    every_literal().unwrap();
    drop((several_types(), variants(), typed_binding(), predicates()));
    let _ = (Duration::ZERO, Jitter::Full);
}
