// Believed that the kind of an error is an error, whatever it is called.
use std::io;
use std::io::ErrorKind as Kind;

use retry_runtime::retry_on;

#[retry_on(Kind::TimedOut, max = 3)]
fn read() -> io::Result<()> {
    Ok(())
}

#[retry_on(Kind, max = 3)]
fn read_again() -> io::Result<()> {
    Ok(())
}

fn main() {}
