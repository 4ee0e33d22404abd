//! The AWS SDK for Rust: which of its errors may pass, what it asks for, and who retries.
//!
//! The SDK's errors are searched and described like all others. What only the SDK has is here:
//! its own idea of errors that may pass ([`transient`], [`throttling`]), the pause that a service
//! asks for ([`retry_after`]), and its own retries ([`single_attempt`], [`CountRequests`]). Nothing
//! of it names a service; it works with every `aws-sdk-*` crate.
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
//! A client makes up to 3 attempts of its own, and `max = 3` around it up to 9 requests. The function
//! knows the call's errors, limits and events, so let it be the one that retries:
//!
//! ```ignore
//! // Where clients are configured, for all of them …
//! let config = aws_config::defaults(BehaviorVersion::latest())
//!     .retry_config(aws::single_attempt())
//!     .load()
//!     .await;
//! // … or for one, derived from a client that others use. It shares connections and credentials.
//! let single = Client::from_conf(
//!     client.config().to_builder().retry_config(aws::single_attempt()).build(),
//! );
//! ```
//!
//! What the function does not select is then retried by nobody: name `when = aws::transient` and
//! [`throttling`] beside the exceptions to keep what the SDK retried. [`CountRequests`] shows how many
//! requests an attempt really is, and says so where both layers retry.
//!
//! # Codes
//!
//! A selector `"SlowDown"`, and the fields `code` and `request_id` of events, ask the error what its
//! [`ProvideErrorMetadata`] says:
//!
//! | the function returns | its code |
//! |---|---|
//! | `SdkError<E>`, an operation's error, a modelled exception, `aws_sdk_*::Error` | known |
//! | a type with [`ErrorCode`](crate::ErrorCode) | what that says |
//! | `Box<dyn Error>`, `anyhow::Error`, `eyre::Report`, an enum around an SDK error | known where a type or variant selected it; else where the service's model does not have the exception, as `SlowDown` of most services |
//!
//! In the last row a *modelled* exception keeps its code in a private field, which only its own type
//! gives away, and the chain does not tell which type that is. So a selector `"ThrottlingException"`
//! does not find it there. Name the type instead, `ThrottlingException`: it is found, and its code and
//! request id are logged. Or implement [`ErrorCode`](crate::ErrorCode) for an enum of your own. In
//! `aws_sdk_*::Error`, whose chain skips its exceptions, name the code or the variant:
//! `aws_sdk_backupgateway::Error::InternalServerException`.
//!
//! # What becomes of an answer
//!
//! Real sockets, the real SDK, one layer: `max = 3`, the client with [`single_attempt`], and both
//! predicates, `when = |e| aws::transient(e) || aws::throttling(e)`. Requests are those that the server
//! counted. An exception that is named, such as `InternalServerException`, is retried besides.
#![doc = include_str!("answers.md")]
//!
//! [`ProvideErrorMetadata`]: aws_smithy_types::error::metadata::ProvideErrorMetadata

pub(crate) mod code;
mod requests;
mod retry_after;
mod selectors;

pub use requests::{CountRequests, single_attempt};
pub use retry_after::retry_after;
pub use selectors::{throttling, transient};
