// Values in every form: constants, paths, bare durations, expressions.
use std::io;
use std::time::Duration;

use retry_runtime::{Jitter, retry_on};

const MAX: u32 = 5;
const DELAY: Duration = Duration::from_millis(20);
const SPREAD: Jitter = Jitter::Equal;

mod limits {
    pub(crate) const FACTOR: f64 = 1.5;
}

struct Client;

impl Client {
    const MAX: u32 = 2;

    #[retry_on(io::Error, max = Client::MAX)]
    fn associated_constant(&self) -> io::Result<()> {
        Ok(())
    }
}

#[retry_on(io::Error, max = MAX, delay = DELAY, factor = limits::FACTOR, jitter = SPREAD)]
fn constants() -> io::Result<()> {
    Ok(())
}

#[retry_on(io::Error, max = MAX + 1, delay = 200ms, max_delay = 1.5s, jitter = Jitter::Full)]
fn expressions() -> io::Result<()> {
    Ok(())
}

#[retry_on(io::Error, delay = Duration::from_millis(5), max_delay = Duration::from_secs(1))]
async fn durations() -> io::Result<()> {
    Ok(())
}

#[retry_on(io::Error, max = 1)]
fn one_attempt() -> io::Result<()> {
    Ok(())
}

fn main() {
    Client.associated_constant().unwrap();
    constants().unwrap();
    expressions().unwrap();
    one_attempt().unwrap();
    drop(durations());
}
