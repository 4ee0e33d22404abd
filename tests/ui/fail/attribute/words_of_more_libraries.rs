// Wrote what stamina, Celery, gRPC, MicroProfile, got and others call it.
use retry_runtime::retry_on;

#[retry_on(on = std::io::Error, attempts = 5, wait_initial = 0.1, wait_exp_base = 3)]
fn stamina() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(autoretry_for = [std::io::Error], retry_backoff = true, retry_backoff_max = 600)]
fn celery() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, maximumAttempts = 5, retryableStatusCodes = [503])]
fn grpc() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, maxRetries = -1, delayUnit = ChronoUnit::SECONDS, abortOn = [Fatal])]
fn micro_profile() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, forever = true, signal = token, onFailedAttempt = note)]
fn p_retry() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max = 3s, respect_retry_after_header = true, allowed_methods = ["GET"])]
fn urllib3() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, retryOnResult = is_busy, LastErrorOnly = true, DelayType = "fixed")]
fn retry_go() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
