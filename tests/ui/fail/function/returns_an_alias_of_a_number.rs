// Believed that an alias is always one of a result.
use retry_runtime::retry_on;

type Status = i32;
type Found = Option<String>;
type Nothing = ();

#[retry_on(std::io::Error, max = 3)]
fn read() -> Status {
    -1
}

#[retry_on(std::io::Error, max = 3)]
async fn find() -> Found {
    None
}

#[retry_on(std::io::Error, max = 3)]
async fn forget() -> Nothing {}

fn main() {}
