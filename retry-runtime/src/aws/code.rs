//! Reads the codes and request ids of the AWS SDK's errors.

use core::error::Error;
use core::ops::Deref;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::error::chain::{LONGEST_CHAIN, next_link};
use crate::error::code::{Code, Uncoded, probed};
use crate::error::probe::{DynError, falls_back};

/// Reads the code if the error is an `SdkError`.
#[derive(Debug)]
pub struct CodedBySdk<'a, E>(CodedByAws<'a, E>);

/// Reads the code if the error is another error type of the AWS SDK.
#[derive(Debug)]
pub struct CodedByAws<'a, E>(CodedInside<'a, E>);

/// Searches the chain of any other error for the code.
#[derive(Debug)]
pub struct CodedInside<'a, E>(CodedInReport<'a, E>);

/// Does the same if the error is a box or a report.
#[derive(Debug)]
pub struct CodedInReport<'a, E>(Uncoded<'a, E>);

impl<'a, E> CodedBySdk<'a, E> {
    /// Prepares the search; there may be no error.
    pub(crate) const fn of(error: Option<&'a E>) -> Self {
        Self(CodedByAws(CodedInside(CodedInReport(Uncoded::of(error)))))
    }
}

impl<'a, E> CodedBySdk<'a, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata,
{
    /// Returns the code and the request id. The id is read from the header if the response could not
    /// be parsed.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        let Some(error) = probed(self) else { return Code::default() };
        let Code { code, request_id } = of_metadata(error.meta());
        let in_header = || {
            let headers = error.raw_response()?.headers();
            headers.get("x-amzn-requestid").or_else(|| headers.get("x-amz-request-id"))
        };
        Code { code, request_id: request_id.or_else(in_header) }
    }
}

impl<'a, E: ProvideErrorMetadata> CodedByAws<'a, E> {
    /// Returns the code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        probed(self).map(|error| of_metadata(error.meta())).unwrap_or_default()
    }
}

impl<'a, E: Error + 'static> CodedInside<'a, E> {
    /// Returns the code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        probed(self).map(|error| in_chain(error)).unwrap_or_default()
    }
}

impl<'a, E: Deref<Target: DynError>> CodedInReport<'a, E> {
    /// Returns the code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        probed(self).map(|error| in_chain(error.deref().as_error())).unwrap_or_default()
    }
}

fn of_metadata(metadata: &aws_smithy_types::error::ErrorMetadata) -> Code<'_> {
    // The key that `aws_types::request_id` uses.
    Code { code: metadata.code(), request_id: metadata.extra("aws_request_id") }
}

/// Errors that the service's model does not contain have their metadata in the chain.
fn in_chain<'a>(error: &'a (dyn Error + 'static)) -> Code<'a> {
    core::iter::successors(Some(error), |link| next_link(*link))
        .take(LONGEST_CHAIN)
        .find_map(|link| link.downcast_ref().map(of_metadata))
        .unwrap_or_default()
}

falls_back! {
    CodedBySdk<E> => CodedByAws;
    CodedByAws<E> => CodedInside;
    CodedInside<E> => CodedInReport;
    CodedInReport<E> => Uncoded;
}
