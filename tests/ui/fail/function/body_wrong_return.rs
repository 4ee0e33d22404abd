// Returned the value without `Ok`, early.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read(early: bool) -> std::io::Result<u8> {
    if early {
        return 1;
    }
    Ok(2)
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later(early: bool) -> std::io::Result<u8> {
    if early {
        return 1;
    }
    Ok(2)
}

fn main() {}
