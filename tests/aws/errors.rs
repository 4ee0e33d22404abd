//! The errors that Backup Gateway and Amplify answer with, made as the SDK itself makes them.

use aws_sdk_amplify::operation::get_app::GetAppError;
use aws_sdk_amplify::types::error::InternalFailureException;
use aws_sdk_backupgateway::config::http::HttpResponse;
use aws_sdk_backupgateway::error::{ErrorMetadata, SdkError};
use aws_sdk_backupgateway::operation::get_gateway::GetGatewayError;
use aws_sdk_backupgateway::types::error::{InternalServerException, ThrottlingException};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_types::request_id::apply_request_id;

/// What a call of Backup Gateway's `GetGateway` fails with.
pub type GatewayError = SdkError<GetGatewayError, HttpResponse>;

/// What a call of Amplify's `GetApp` fails with.
pub type AppError = SdkError<GetAppError, HttpResponse>;

/// The id of every request.
pub const REQUEST_ID: &str = "b25f48e8-84fd-11e6-80d9-574e0c4664cb";

/// The service failed, by its own account.
#[must_use]
pub fn internal() -> GatewayError {
    let response = response(500);
    let meta = metadata("InternalServerException", &response);
    let error = InternalServerException::builder().message("try again later").meta(meta).build();
    SdkError::service_error(GetGatewayError::InternalServerException(error), response)
}

/// There are too many requests.
///
/// # Panics
///
/// Never.
#[must_use]
pub fn throttling() -> GatewayError {
    let response = response(400);
    let meta = metadata("ThrottlingException", &response);
    let error = ThrottlingException::builder().error_code("TPS").meta(meta).build();
    let error = error.expect("the one field that must be given was given");
    SdkError::service_error(GetGatewayError::ThrottlingException(error), response)
}

/// The service answered with an error that its model does not know.
#[must_use]
pub fn unmodelled() -> GatewayError {
    let response = response(503);
    let meta = metadata("SlowDown", &response);
    SdkError::service_error(GetGatewayError::generic(meta), response)
}

/// The answer was none.
#[must_use]
pub fn unreadable() -> GatewayError {
    SdkError::response_error("no CBOR", response(500))
}

/// There was no answer in time.
#[must_use]
pub fn timeout() -> GatewayError {
    SdkError::timeout_error("no answer in 3 s")
}

/// There was no connection.
#[must_use]
pub fn unreachable() -> GatewayError {
    SdkError::dispatch_failure(ConnectorError::io("connection refused".into()))
}

/// The service failed, by its own account.
#[must_use]
pub fn internal_failure() -> AppError {
    let response = response(500);
    let meta = metadata("InternalFailureException", &response);
    let error = InternalFailureException::builder().meta(meta).build();
    SdkError::service_error(GetAppError::InternalFailureException(error), response)
}

/// # Panics
///
/// For a number that is not an HTTP status.
fn response(status: u16) -> HttpResponse {
    let status = status.try_into().expect("an HTTP status");
    let mut response = HttpResponse::new(status, SdkBody::empty());
    response.headers_mut().insert("x-amzn-requestid", REQUEST_ID);
    response
}

/// As the SDK reads it from a response.
fn metadata(code: &str, response: &HttpResponse) -> ErrorMetadata {
    let meta = ErrorMetadata::builder().code(code);
    apply_request_id(meta, response.headers()).build()
}
