// Named the value to wait for instead of a predicate.
use retry_runtime::retry_on;

#[derive(PartialEq)]
enum State {
    Pending,
    Done,
}

#[retry_on(std::io::Error, until = State::Pending)]
fn read() -> std::io::Result<State> {
    Ok(State::Done)
}

#[retry_on(std::io::Error, until = state == State::Pending)]
fn read_again() -> std::io::Result<State> {
    Ok(State::Done)
}

#[retry_on(std::io::Error, until = !is_done)]
fn read_once_more() -> std::io::Result<State> {
    Ok(State::Done)
}

fn main() {}
