// Knew the words of other libraries.
use retry_runtime::retry_on;

#[retry_on(
    std::io::Error,
    retries = 3,
    attempts = 3,
    times = 3,
    max_retries = 3,
    max_times = 3,
    stop = 3,
    backoff = "100ms",
    initial = "100ms",
    base = "100ms",
    wait = "100ms",
    min_delay = "100ms",
    cap = "20s",
    max_interval = "20s",
    multiplier = 2,
    exponential = 2,
    randomize = true,
    if = is_busy,
    retry_if = is_busy,
    predicate = is_busy,
    retryable = is_busy,
    notify = note,
    before_sleep = note,
    max_elapsed_time = "1min",
    total_timeout = "1min",
    per_try_timeout = "1s",
    attempt_timeout = "1s",
    retry_if_result = is_pending,
    retry_on_result = |job| job.is_pending(),
    result = is_pending,
    handle_result = |status| *status == 503,
    until_value = is_done,
    poll = is_done,
    retry_after = retry_after,
    bucket = &BUDGET,
    throttle = &BUDGET,
    strategy = &POLICY,
    settings = &POLICY,
    context = attempt,
    fallback = alert,
    on_exhausted = alert
)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
