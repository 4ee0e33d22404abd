//! Texts that tell of secrets and hold none.

use super::check;

#[test]
fn of_aws() {
    check([
        "ExpiredToken: The provided token has expired.",
        "ExpiredTokenException: The security token included in the request is expired",
        "InvalidClientTokenId: The security token included in the request is invalid.",
        "UnrecognizedClientException: The security token included in the request is invalid.",
        "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.",
        "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        "not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf",
        "AccessDeniedException: User: arn:aws:iam::123456789012:user/x is not authorized to perform: kms:Decrypt",
        "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        "CredentialsNotLoaded: no providers in chain provided credentials",
        "the credential provider was not enabled",
        "NextToken",
        "NextToken: AAAAKgAAAAEAAAAA is not valid",
        r#"{"NextToken":"abcdef0123","MaxResults":10}"#,
        "nextPageToken=abc123",
        "ContinuationToken: 1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J",
        "IncompleteSignature: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter.",
        "ThrottlingException: Rate exceeded",
        "ValidationException: 1 validation error detected: Value at 'clientToken' failed to satisfy constraint",
        "ClientToken=b5f0c0de-1234-4abc-9def-0123456789ab",
        "aws_config::default_provider::credentials: provided credentials",
        "TokenRefreshRequired: The provided token must be refreshed.",
        "RequestExpired: Request has expired.",
        "arn:aws:iam::123456789012:role/session-role",
        "sts:GetSessionToken is not allowed",
    ]);
}

#[test]
fn of_models_and_parsers() {
    check([
        "max_tokens: 4096",
        "max_tokens=4096, temperature=0.7",
        r#"{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46}"#,
        "This model's maximum context length is 8192 tokens, however you requested 9000 tokens",
        "tokens: 4096",
        "unexpected token: identifier",
        "SyntaxError: Unexpected token < in JSON at position 0",
        "expected one of `,` or `}`, found token `;`",
        "token_type: bearer",
        r#"{"token_type":"Bearer","expires_in":3600}"#,
        "missing field `password` at line 1 column 20",
        "unknown field `secret`, expected `name`",
        "invalid type: null, expected a string for key `api_key`",
        "error[E0433]: failed to resolve: use of undeclared crate `secrecy`",
    ]);
}

#[test]
fn of_logins() {
    check([
        "invalid password: must be at least 8 characters",
        "password: required",
        "password: must not be empty",
        "password is incorrect",
        "password authentication failed for user \"app\"",
        "Access denied for user 'app'@'10.0.0.1' (using password: YES)"
            .replace("YES", "NO")
            .as_str(),
        "wrong password, try again",
        "password_policy: strict",
        "PasswordResetRequiredException: Password reset required for the user",
        "password=null",
        "has_password=true",
        "secret not found",
        "secret \"db-creds\" not found",
        "secrets \"db-creds\" is forbidden: User \"x\" cannot get resource \"secrets\"",
        "token: expired",
        "token expired at 2026-01-01T00:00:00Z",
        "no api key provided",
        "api_key: missing",
        "Authorization: is missing",
        "authorization failed: user is not allowed",
        "invalid_grant: Bad Request",
        "invalid_token: The access token expired",
        "session: expired",
        "the session is over; log in again",
        "cookie: not found",
        "use --token to sign in",
        "--password is required",
        "Bearer realm=\"api\", error=\"invalid_token\"",
        "WWW-Authenticate: Basic realm=\"x\"",
        "bearer authentication failed",
        "Token Authentication is not enabled",
    ]);
}

#[test]
fn of_everything_else() {
    check([
        "",
        "connection refused (os error 111)",
        "tcp connect error: 127.0.0.1:8080",
        "auth-service:8080 is unreachable",
        "auth.example.com:8443: connection reset",
        "deadline has elapsed",
        "dns error: failed to lookup address information: Name or service not known",
        "error sending request for url (https://example.com/v1/items?limit=10&page=2)",
        "HTTP status server error (503 Service Unavailable) for url (https://example.com/)",
        "image nginx:1.21@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "npm:lodash@4.17.21",
        "from:jane.doe@example.com",
        "sent to someone@example.com: rejected",
        "request id d7b1b938-0afb-4c59-9cf6-b1c21ec7f4b7",
        "x-amz-request-id: 4442587FB7D0A2F9",
        "etag \"33a64df551425fcc55e4d42a148795d9f25f89d4\"",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "/usr/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found",
        "called `Result::unwrap()` on an `Err` value: PoisonError { .. }",
        "thread 'main' panicked at src/main.rs:10:5",
        "duplicate key value violates unique constraint \"users_pkey\"",
        "key: value, keys=3, monkey=banana",
        "foreign key=42",
        "compass=north; bypass=on; passenger: Jane",
        "author=Jane, authority=example.com",
        "possession: nine tenths",
        "GET /photos?key=photos/2024/cat.jpg",
        "?code=404",
        "signature verification failed",
        "the pin is 3 mm long",
        "C:\\Users\\name\\file.txt",
        "progress 100% of 3 files",
        "partition key: user#123",
        "primary_key=17",
        "the cookie is gone; the token was used",
        "tokenizer: wordpiece",
        "TokenBucket { capacity: 10 }",
        "secretary: Jane",
        "auth_mode=iam",
        "error at auth/session.rs:12:5",
    ]);
}
