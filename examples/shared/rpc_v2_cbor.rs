//! AWS Backup Gateway's side of the conversation, in [RPC v2 CBOR]: every operation is a `POST`
//! to a path of its own, and both answers are CBOR maps.
//!
//! [RPC v2 CBOR]: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html

use std::collections::BTreeMap;
use std::io;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};

use crate::script::{Answer, Operation};

const GET_GATEWAY: &str = "/service/BackupOnPremises_v20210101/operation/GetGateway";

/// By the rules of the protocol, an answer without `smithy-protocol` is not the service's own.
const HEADERS: &[(&str, &str)] =
    &[("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")];

/// The operation `GetGateway`; what it says when it fails is the text of the service's model.
pub(crate) fn get_gateway() -> io::Result<Operation> {
    Ok(Operation {
        accepts: |method, path| method == Method::POST && path == GET_GATEWAY,
        failure: answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            BTreeMap::from([
                ("__type", "com.amazonaws.backupgateway#InternalServerException"),
                ("ErrorCode", "InternalError"),
                (
                    "Message",
                    "The operation did not succeed because an internal error occurred. \
                     Try again later.",
                ),
            ]),
        )?,
        success: answer(
            StatusCode::OK,
            BTreeMap::from([(
                "Gateway",
                BTreeMap::from([
                    (
                        "GatewayArn",
                        "arn:aws:backup-gateway:us-east-1:123456789012:gateway/bgw-12345678",
                    ),
                    ("GatewayDisplayName", "basement-rack-2"),
                    ("GatewayType", "BACKUP_VM"),
                ]),
            )]),
        )?,
    })
}

fn answer<T: minicbor::Encode<()>>(status: StatusCode, body: T) -> io::Result<Answer> {
    Ok(Answer {
        status,
        headers: HEADERS,
        body: Bytes::from(minicbor::to_vec(body).map_err(io::Error::other)?),
    })
}
