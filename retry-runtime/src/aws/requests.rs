//! Counts the requests that the SDK's own retries make.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;

use crate::call::nesting::requests::requested;

/// Counts the requests that a client makes inside attempts of annotated functions.
///
/// Add it to the configuration of a client, `.interceptor(aws::CountRequests::new())`, or to one call,
/// `.customize().interceptor(aws::CountRequests::new())`. If the SDK retries too, events then contain the
/// number of requests in one attempt, in the message and in the field `requests`:
///
/// ```text
/// WARN attempt 2 of 3 failed (the SDK made 3 requests), retrying in 172.4ms
/// ```
///
/// Once for each function, a WARN says how many requests both layers can make together
/// (`3 x 3 = 9 requests`) and how to switch one layer off (`RetryConfig::disabled()`). With `nested = allow`
/// on the function, there is no such WARN.
///
/// A request is counted when it is about to be sent, whatever its result, on any thread that polls its
/// future. Requests from a task that the attempt spawned are not counted, because their attempt is
/// unknown. Requests that were never sent, for example without credentials, are not counted either.
///
/// ```
/// use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
/// use retry_runtime::aws;
///
/// let _: SharedInterceptor = SharedInterceptor::new(aws::CountRequests::new());
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CountRequests;

impl CountRequests {
    /// Returns an interceptor, which keeps nothing itself.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Intercept for CountRequests {
    fn name(&self) -> &'static str {
        "CountRequests"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let number = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        // If the limit cannot be read, use the number of this attempt.
        let max = config.load::<RetryConfig>().map_or(number, RetryConfig::max_attempts);
        requested(number, max);
        Ok(())
    }
}
