//! AWS Amplify's side of the conversation, in [REST-JSON]: method and path name the operation,
//! a header names the error, and the bodies are JSON.
//!
//! [REST-JSON]: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html

use axum::body::Bytes;
use axum::http::{Method, StatusCode};

use crate::script::{Answer, Operation};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The operation `GetApp`; what it says when it fails is the text of the service's model.
pub(crate) fn get_app() -> Operation {
    Operation {
        accepts: |method, path| method == Method::GET && is_app(path),
        failure: Answer {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            headers: &[JSON, ("x-amzn-errortype", "InternalFailureException")],
            body: Bytes::from_static(FAILURE),
        },
        success: Answer {
            status: StatusCode::OK,
            headers: &[JSON],
            body: Bytes::from_static(SUCCESS),
        },
    }
}

/// `/apps/{appId}`, but not the branches, jobs and webhooks below an app.
fn is_app(path: &str) -> bool {
    path.strip_prefix("/apps/").is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

const FAILURE: &[u8] =
    br#"{"message": "The service failed to perform an operation due to an internal issue."}"#;

/// The members that the model requires of an app, and no others.
const SUCCESS: &[u8] = br#"{
    "app": {
        "appId": "d2abcexample",
        "appArn": "arn:aws:amplify:us-east-1:123456789012:apps/d2abcexample",
        "name": "storefront",
        "description": "",
        "repository": "https://git.example.com/storefront",
        "platform": "WEB",
        "createTime": 1790000000,
        "updateTime": 1790000000,
        "environmentVariables": {},
        "defaultDomain": "d2abcexample.amplifyapp.com",
        "enableBranchAutoBuild": true,
        "enableBasicAuth": false
    }
}"#;
