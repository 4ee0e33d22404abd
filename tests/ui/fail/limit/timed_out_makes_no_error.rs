// Made something else than the error.
use retry_runtime::{TimedOut, retry_on};

#[derive(Debug)]
struct Late;

#[retry_on(_, deadline = "1s", timed_out = |_| "late")]
async fn read() -> Result<(), Late> {
    Err(Late)
}

#[retry_on(_, timeout = "1s", timed_out = |timed_out| Err(timed_out))]
async fn read_again() -> Result<(), TimedOut> {
    Ok(())
}

#[retry_on(_, timeout = "1s", timed_out = late)]
async fn read_once_more() -> Result<(), Late> {
    Err(Late)
}

fn late() -> Late {
    Late
}

#[retry_on(_, timeout = "1s", timed_out = async |_| Late)]
async fn read_slowly() -> Result<(), Late> {
    Err(Late)
}

#[retry_on(_, timeout = "1s", timed_out = "late")]
async fn read_by_text() -> Result<(), &'static str> {
    Err("busy")
}

fn main() {}
