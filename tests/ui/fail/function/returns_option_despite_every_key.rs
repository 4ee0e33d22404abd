// Forgot the `Result`, and retried all the same.
use retry_runtime::retry_on;

#[retry_on(_, timeout = "1s", until = is_done, when_ok = is_done, on_retry = |_| (), on_give_up = |_| ())]
async fn read() -> Option<u8> {
    None
}

#[retry_on(_, max = limit, attempt = attempt, hint = |_| None, deadline = "1s")]
fn read_plain(limit: u32) -> Option<u32> {
    Some(limit + attempt.number())
}

#[retry_on("SlowDown", timeout = "1s")]
async fn read_by_code() -> u8 {
    1
}

fn is_done(_: &u8) -> bool {
    true
}

fn main() {}
