//! What is copied, or borrowed again, can be passed on in every attempt.
use std::time::Duration;

use retry_runtime::{Policy, retry, retry_on};

type Bytes<'a> = &'a mut Vec<u8>;

fn wait(_: Duration) {}

fn push(bytes: &mut Vec<u8>) {
    bytes.push(1);
}

#[retry_on(std::io::Error, max = 3)]
fn read(pause: Duration, bytes: Bytes<'_>) -> std::io::Result<()> {
    wait(pause);
    push(bytes);
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
async fn write<T: Copy>(value: T, other: Option<u8>, f: fn(T)) -> std::io::Result<()> {
    f(value);
    drop(other);
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
fn shadow(name: String) -> std::io::Result<()> {
    let name = name.clone();
    drop(name);
    Ok(())
}

fn main() {
    read(Duration::ZERO, &mut Vec::new()).unwrap();
    shadow(String::new()).unwrap();
    drop(write(1, None, drop));
    drop(retry(&Policy::DEFAULT, || async { Ok::<(), std::io::Error>(()) }));
}
