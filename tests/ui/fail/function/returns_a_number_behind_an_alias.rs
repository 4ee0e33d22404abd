// Believed that the alias is one of a result.
use retry_runtime::retry_on;

type Result<T> = std::result::Result<T, std::io::Error>;
type Status = i32;
type Found = Option<String>;

#[retry_on(std::io::Error, max = 3)]
fn read() -> Status {
    -1
}

#[retry_on(std::io::Error, max = 3)]
async fn find() -> Found {
    None
}

fn main() {
    let _: Result<()> = Ok(());
}
