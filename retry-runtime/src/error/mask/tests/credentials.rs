//! What looks like a credential, and how the text reads without it.

use crate::error::mask::masked;

#[test]
fn masks_what_looks_like_a_credential() {
    for (text, expected) in [
        ("key AKIAIOSFODNN7EXAMPLE is unknown", "key [masked] is unknown"),
        ("ASIAIOSFODNN7EXAMPLE", "[masked]"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[masked]"),
        (
            "secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, and so on",
            "secret [masked], and so on",
        ),
        (
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY,je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
            "[masked],[masked]",
        ),
        (
            "connect https://user:hunter2@db.example.com/x",
            "connect https://[masked]@db.example.com/x",
        ),
        ("postgres://app:p%40ss@db:5432/x failed", "postgres://[masked]@db:5432/x failed"),
        ("postgres://app:p@ss@db:5432/x failed", "postgres://[masked]@db:5432/x failed"),
        ("postgres://app:p/ss@db:5432/x failed", "postgres://[masked]@db:5432/x failed"),
        ("redis://:hunter2@cache", "redis://[masked]@cache"),
        ("Authorization: Bearer abc.def-ghi_jkl", "Authorization: Bearer [masked]"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic [masked]"),
        ("Authorization: ApiKey 0123abcd", "Authorization: ApiKey [masked]"),
        ("Proxy-Authorization: 0123abcd", "Proxy-Authorization: [masked]"),
        ("\"authorization\": \"0123abcd\"", "\"authorization\": \"[masked]\""),
        (
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/x, SignedHeaders=host, Signature=fe5f80",
            "AWS4-HMAC-SHA256 Credential=[masked], SignedHeaders=host, Signature=[masked]",
        ),
        ("Set-Cookie: session=abc; id=d", "Set-Cookie: [masked]"),
        ("x-api-key: 0123", "x-api-key: [masked]"),
        ("password=hunter2&user=x", "password=[masked]&user=x"),
        ("pwd=letmein;user=x", "pwd=[masked];user=x"),
        ("{\"secretAccessKey\": \"abc\"}", "{\"secretAccessKey\": \"[masked]\"}"),
        (
            r#"{"password": "hunter two, \"and\" three", "user": "x"}"#,
            r#"{"password": "[masked]", "user": "x"}"#,
        ),
        (
            r#""{\"password\":\"hunter2\",\"user\":\"x\"}""#,
            r#""{\"password\":\"[masked]\",\"user\":\"x\"}""#,
        ),
        (r#"Config { password: Some("hunter2") }"#, r#"Config { password: Some("[masked]") }"#),
        ("{'api_key' => 'abc d'}", "{'api_key' => '[masked]'}"),
        (
            "<SecretAccessKey>abc/def</SecretAccessKey>",
            "<SecretAccessKey>[masked]</SecretAccessKey>",
        ),
        ("password%3Dhunter2", "password%3D[masked]"),
        ("mysqldump --password hunter2 -u x", "mysqldump --password [masked] -u x"),
        ("aws_session_token = FwoGZXIvYXdzEBYaD", "aws_session_token = [masked]"),
        ("FwoGZXIvYXdzEBYaDHqa0AP/x+y=", "[masked]"),
        ("DB_PASSWORD: hunter2", "DB_PASSWORD: [masked]"),
        ("token=0123abcd", "token=[masked]"),
        ("{\"token\": \"0123 abcd\"}", "{\"token\": \"[masked]\"}"),
        (
            "GET /x?X-Amz-Credential=AKIA%2F2026&X-Amz-Signature=abcdef&y=1",
            "GET /x?X-Amz-Credential=[masked]&X-Amz-Signature=[masked]&y=1",
        ),
        ("/blob?sv=1&sig=ab%2Fcd&se=2", "/blob?sv=1&sig=[masked]&se=2"),
        ("AccountName=x;AccountKey=ab+/==;Suffix=y", "AccountName=x;AccountKey=[masked];Suffix=y"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token [masked]"),
        ("token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token: [masked]"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----",
        ),
        ("-----BEGIN PRIVATE KEY-----\\nabc", "-----BEGIN PRIVATE KEY-----[masked]"),
        (
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----[masked]",
        ),
        ("key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "key=[masked]"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY=x", "[masked]=x"),
        ("asia-AKIAIOSFODNN7EXAMPLE", "asia-[masked]"),
        ("session-pass=hunter2", "session-pass=[masked]"),
        ("pass=hunter2", "pass=[masked]"),
        ("pass=letmein", "pass=[masked]"),
        ("DB_PASS: hunter2", "DB_PASS: [masked]"),
        ("dbPass=hunter2", "dbPass=[masked]"),
        ("auth=hunter2", "auth=[masked]"),
        ("JSESSIONID=0A1B2C", "JSESSIONID=[masked]"),
        ("session=0a1b2c; session_id=0a1b", "session=[masked]; session_id=[masked]"),
        ("bearer: abc12345", "bearer: [masked]"),
        ("creds=user:hunter2", "creds=[masked]"),
        ("password=<hunter2>", "password=<[masked]>"),
        ("password=<hunter2", "password=<[masked]"),
        ("password = [\"hunter2\"]", "password = [[masked]]"),
        ("passwords: ['a]b', 'hunter2'], x", "passwords: [[masked]], x"),
        (".password(\"hunter2\")", ".password(\"[masked]\")"),
        ("it.password == \"hunter2\"", "it.password == \"[masked]\""),
        ("password = br#\"hunter2\"#", "password = br#\"[masked]\"#"),
        (concat!("gh", "p_0123456789abcdefghij0123"), "[masked]"),
        (concat!("gl", "pat-0123456789abcdefghij"), "[masked]"),
        (concat!("sk", "_live_0123456789abcdef"), "[masked]"),
    ] {
        assert_eq!(masked(text), expected);
    }
}

#[test]
fn leaves_the_rest_as_it_is() {
    for text in [
        "",
        "service error: InternalServerException: try again later",
        "https://backup-gateway.eu-central-1.amazonaws.com/service",
        "request 4442587FB7D0A2F9, host id none",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "request id d7b1b938-0afb-4c59-9cf6-b1c21ec7f4b7",
        "mail to someone@example.com",
        "https://example.com:8443/@scope/package",
        "the token is expired",
        "invalid token signature: token validation failed.",
        "unexpected token: identifier",
        "basic authentication required",
        "Authorization: user is not allowed",
        "ThisExceptionHasANameThatIsFortyLetters0".trim_end_matches('0'),
        "ItHasANameOfFortyLettersAndIsNoSecretKey",
        "a/b/c at 12:30:15",
        "the session is over",
        "session: expired",
        "auth::session::Error: gone",
        "aws_config::profile::credentials::ProfileFileError",
        "author: Jane, author=Jane, authority=example.com",
        "passed: 312, failed: 2022; bypass=Always, compass: North",
        "pass: 3, auth: 401",
        "possession=Nine tenths",
    ] {
        assert_eq!(masked(text), text);
    }
}

/// What is masked stays so, and is not masked twice.
#[test]
fn nothing_changes_when_it_is_masked_again() {
    for text in [
        "password: hunter2",
        "passwords = [\"hunter2\"]",
        "auth=<hunter2>",
        "key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "Authorization: Bearer abc.def-ghi",
        "https://a:b@c/",
    ] {
        let once = masked(text);
        assert_eq!(masked(&once), once);
    }
}
