//! The operations of a service, and a walk through all of them.

use std::io;
use std::pin::Pin;

use crate::{Answer, Service, logged};

/// Writes the annotated functions of every operation, one for each way to select the error, and the
/// table `OPERATIONS` of them.
///
/// ```text
/// operations! {
///     aws_sdk_backupgateway, InternalServerException, "InternalServerException";
///     get_gateway, GetGatewayError, |client| client.get_gateway().gateway_arn(GATEWAY);
/// }
/// ```
#[macro_export]
macro_rules! operations {
    ($sdk:ident, $Exception:ident, $code:literal; $(
        $operation:ident, $Error:ident, |$client:ident| $request:expr;
    )+) => {
        $(mod $operation {
            use $sdk::operation::$operation::$Error;
            use $sdk::types::error::$Exception;
            use $sdk::{Client, Error, error::SdkError};
            use retry_runtime::retry_on;

            use super::*;

            #[retry_on($Exception, max = 3, delay = "1ms")]
            pub(crate) async fn by_type($client: &Client) -> Result<(), SdkError<$Error>> {
                $request.send().await?;
                Ok(())
            }

            #[retry_on($Error::$Exception(_), max = 3, delay = "1ms")]
            pub(crate) async fn by_variant($client: &Client) -> Result<(), SdkError<$Error>> {
                $request.send().await?;
                Ok(())
            }

            #[retry_on(Error::$Exception(_), max = 3, delay = "1ms")]
            pub(crate) async fn by_variant_of_service($client: &Client) -> Result<(), Error> {
                $request.send().await?;
                Ok(())
            }

            #[retry_on($code, max = 3, delay = "1ms")]
            pub(crate) async fn by_code($client: &Client) -> Result<(), SdkError<$Error>> {
                $request.send().await?;
                Ok(())
            }
        })+

        const OPERATIONS: &[$crate::Operation<$sdk::Client>] = &[$($crate::Operation {
            name: stringify!($operation),
            ways: &[
                $crate::operations!(@way $sdk $operation by_type [$Exception]),
                $crate::operations!(@way $sdk $operation by_variant [$Error::$Exception]),
                $crate::operations!(@way $sdk $operation by_variant_of_service [Error::$Exception]),
                $crate::operations!(@way $sdk $operation by_code [$code]),
            ],
        }),+];
    };
    (@way $sdk:ident $operation:ident $way:ident [$($selector:tt)+]) => {
        $crate::Way {
            name: stringify!($way),
            selector: concat!($(stringify!($selector)),+),
            call: |client| Box::pin(async move {
                use $sdk::{error::ProvideErrorMetadata, operation::RequestId};

                $operation::$way(client).await.map_err(|error| $crate::Failed {
                    code: error.code().map(str::to_owned),
                    request_id: error.request_id().map(str::to_owned),
                })
            }),
        }
    };
}

/// An operation of the service that clients of type `C` call.
#[derive(Debug)]
pub struct Operation<C: 'static> {
    /// As the SDK names its module.
    pub name: &'static str,
    /// The annotated functions that call it.
    pub ways: &'static [Way<C>],
}

/// An annotated function.
#[derive(Debug)]
pub struct Way<C> {
    /// What kind of selector it has.
    pub name: &'static str,
    /// The selector, as written.
    pub selector: &'static str,
    /// Calls it.
    pub call: for<'a> fn(&'a C) -> Call<'a>,
}

/// A call that has been prepared.
pub type Call<'a> = Pin<Box<dyn Future<Output = Result<(), Failed>> + 'a>>;

/// What an error says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Which error it is.
    pub code: Option<String>,
    /// Which request was answered with it.
    pub request_id: Option<String>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How many requests it took.
    pub requests: u32,
    /// With what.
    pub with: Result<(), Failed>,
}

impl Ended {
    /// It succeeded with the last of its requests.
    #[must_use]
    pub fn well(requests: u32) -> Self {
        Self { requests, with: Ok(()) }
    }

    /// It failed with the error that the last of its requests was answered with.
    #[must_use]
    pub fn with(code: &str, requests: u32) -> Self {
        let request_id = Some(format!("loopback-request-{requests}"));
        Self { requests, with: Err(Failed { code: Some(code.to_owned()), request_id }) }
    }
}

/// Calls every operation in every way, each against a service of its own that fails that often; and
/// tells which calls ended in another way than expected.
///
/// # Errors
///
/// When a service cannot be started.
pub async fn walk<C>(
    operations: &[Operation<C>],
    client: impl Fn(&Service) -> C,
    (failures, failure, success): (u32, Answer, Answer),
    expected: Ended,
) -> io::Result<Vec<(String, Ended)>> {
    let mut others = Vec::new();
    for operation in operations {
        for way in operation.ways {
            let service = Service::failing(failures, failure.clone(), success.clone()).await?;
            let with = (way.call)(&client(&service)).await;
            let ended = Ended { requests: service.requests(), with };
            if ended != expected {
                others.push((format!("{} {}", operation.name, way.name), ended));
            }
        }
    }
    Ok(others)
}

/// Calls every operation in every way, each against a service of its own that fails once with that
/// code; and tells which calls log anything but that, and a recovery.
///
/// # Errors
///
/// When a service cannot be started.
pub async fn walk_log<C>(
    operations: &[Operation<C>],
    client: impl Fn(&Service) -> C,
    (failure, code, success): (Answer, &str, Answer),
) -> io::Result<Vec<(String, Vec<String>)>> {
    let mut others = Vec::new();
    for operation in operations {
        for way in operation.ways {
            let service = Service::failing(1, failure.clone(), success.clone()).await?;
            let (_, log) = logged((way.call)(&client(&service))).await;
            let error_type = way.selector.trim_matches('"');
            let warning = format!(
                "WARN attempt=1 error.type={error_type:?} code={code:?} \
                 request_id=\"loopback-request-1\""
            );
            if log != [warning.as_str(), "INFO attempt=2"] {
                others.push((format!("{} {}", operation.name, way.name), log));
            }
        }
    }
    Ok(others)
}
