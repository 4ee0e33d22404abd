// Wrote what other libraries take; the answers show these numbers and names.
use retry_runtime::retry_on;

// backon, Failsafe, MicroProfile, Polly: retries are counted, not attempts.
#[retry_on(
    std::io::Error,
    retries = 5,
    max_times = 3,
    maxRetries = RETRIES,
    MaxRetryAttempts = 2,
    with_max_retries(7)
)]
fn counts_retries() -> std::io::Result<()> {
    Ok(())
}

// Spring.
#[retry_on(
    retryFor = [std::io::Error, std::fmt::Error],
    value = IoException.class,
    noRetryFor = is_fatal,
    maxAttempts = 5,
    initialInterval = 1000,
    multiplier = 1.5,
    randomize = true,
    recover = alert,
    listeners = note
)]
fn spring() -> std::io::Result<()> {
    Ok(())
}

// tenacity, backoff, urllib3.
#[retry_on(
    retry_exceptions = [std::io::Error],
    retry = retry_if_exception_type(std::io::Error),
    retry_if_exception_type(std::io::Error),
    stop = stop_after_attempt(7) | stop_after_delay("30s"),
    stop_after_attempt(4),
    wait = wait_exponential(multiplier = 2, min = "1s", max = "10s"),
    wait_fixed(2),
    giveup = is_fatal,
    max_tries = 8,
    max_time = "5min",
    status_forcelist = [502, 503],
    reraise = true,
    before_sleep_log = note,
    giveup_log_level = INFO
)]
fn python() -> std::io::Result<()> {
    Ok(())
}

// Resilience4j, MicroProfile, Polly.
#[retry_on(
    retryExceptions = [std::io::Error],
    ignoreExceptions = is_fatal,
    abortOn = std::io::Error,
    delayMs = 250,
    max_delay_seconds = 5,
    intervalFunction = pause_of,
    waitDuration = "500ms",
    backoff = "exponential",
    BackoffType = DelayBackoffType::Linear,
    backoff = fixed,
    UseJitter = true,
    enabled = false,
    level = "debug",
    circuit_breaker = true,
    exclude = is_fatal,
    not = is_fatal
)]
fn others() -> std::io::Result<()> {
    Ok(())
}

// backon, tokio-retry, Failsafe.
#[retry_on(ExponentialBuilder::default().with_max_times(3).with_min_delay(DELAY), std::io::Error)]
fn backon() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, FixedInterval::from_millis(100).take(3))]
fn tokio_retry() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(RetryPolicy::builder().withMaxAttempts(4).withDelay("1s").build())]
fn failsafe() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(ConstantBuilder::default())]
fn pauses_only() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
