//! Support for the AWS SDK for Rust: transient errors, hints of services, and the SDK's own retries.
//!
//! The SDK's errors are matched and logged like all others. This module contains what only the SDK
//! has: its own classification of transient errors ([`transient`], [`throttling`]), the pause that a
//! service asks for ([`retry_after`]), and its own retries ([`CountRequests`]). It
//! works with every `aws-sdk-*` crate.
//!
//! ```ignore
//! use retry_runtime::{aws, retry_on};
//!
//! #[retry_on(InternalServerException, when = aws::transient, hint = aws::retry_after, max = 3)]
//! async fn gateway(client: &Client, arn: &str) -> Result<GetGatewayOutput, SdkError<GetGatewayError>> {
//!     client.get_gateway().gateway_arn(arn).send().await
//! }
//! ```
//!
//! # One layer retries, not two
//!
//! A client makes up to 3 attempts of its own; with `max = 3` around it, that is up to 9 requests. The
//! annotated function knows the call's errors, limits and events, so let the function retry and not the
//! client. `RetryConfig` is `config::retry::RetryConfig` of every `aws-sdk-*` crate:
//!
//! ```ignore
//! // For all clients, where they are configured …
//! let config = aws_config::defaults(BehaviorVersion::latest())
//!     .retry_config(RetryConfig::disabled())
//!     .load()
//!     .await;
//! // … or for one client, derived from a shared client. Both share connections and credentials.
//! let single = Client::from_conf(
//!     client.config().to_builder().retry_config(RetryConfig::disabled()).build(),
//! );
//! ```
//!
//! For one call only, use `.customize().config_override(Config::builder().retry_config(..))`.
//!
//! Errors that the function does not select are then not retried at all. To keep what the SDK retried,
//! add `when = aws::transient` and [`throttling`] to the exceptions. [`CountRequests`] counts the
//! requests of each attempt, and logs a warning if both layers retry.
//!
//! # Codes
//!
//! A selector such as `"SlowDown"`, and the event fields `code` and `request_id`, read the error's
//! [`ProvideErrorMetadata`]:
//!
//! | the function returns | its code |
//! |---|---|
//! | `SdkError<E>`, an operation's error, a modelled exception, `aws_sdk_*::Error` | known |
//! | a type with [`ErrorCode`](crate::ErrorCode) | what its `ErrorCode` returns |
//! | `Box<dyn Error>`, `anyhow::Error`, `eyre::Report`, an enum around an SDK error | known if a type or variant selected it; otherwise only if the service's model does not contain the exception, such as `SlowDown` for most services |
//!
//! In the last row, a *modelled* exception has its code in a private field. Only its own type can read
//! that field, and the chain does not reveal the type. So a selector `"ThrottlingException"` does not
//! match there. Write the type `ThrottlingException` instead: it matches, and its code and request id
//! are logged. Or implement [`ErrorCode`](crate::ErrorCode) for an enum of your own. The chain of
//! `aws_sdk_*::Error` does not contain its exceptions; write the code or the variant, such as
//! `aws_sdk_backupgateway::Error::InternalServerException`.
//!
//! # How each response is handled
//!
//! This table was measured with real sockets and the real SDK, and only one layer retrying: `max = 3`,
//! a client with `RetryConfig::disabled()`, and both predicates,
//! `when = |e| aws::transient(e) || aws::throttling(e)`. The server counted the requests. An exception
//! in the list of selectors, such as `InternalServerException`, is retried as well.
#![doc = include_str!("answers.md")]
//!
//! [`ProvideErrorMetadata`]: aws_smithy_types::error::metadata::ProvideErrorMetadata

pub(crate) mod code;
mod requests;
mod retry_after;
mod selectors;

pub use requests::CountRequests;
pub use retry_after::retry_after;
pub use selectors::{throttling, transient};
