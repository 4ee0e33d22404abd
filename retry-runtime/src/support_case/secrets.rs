//! Masks what looks like a credential.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::Regex;

/// What stands in the place of a secret.
const MASKED: &str = "[masked]";

/// Each finds a secret, and may keep what stands before it (`before`) and behind it (`after`).
///
/// Key ids of AWS: *IAM User Guide*, "IAM identifiers", unique ID prefixes. Parameters of signed
/// URLs: *Signature Version 4*, "Authenticating requests: using query parameters".
static SECRETS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const PATTERNS: [&str; 9] = [
        // Key ids of AWS.
        r"(?<before>\b)(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}",
        // https://user:password@host
        r"(?<before>\b[A-Za-z][A-Za-z0-9+.-]*://)[^\s/@]+(?<after>@)",
        // Authorization: Bearer ..
        r"(?i)(?<before>\b(?:bearer|basic|token)\s+)[A-Za-z0-9._~+/=-]{8,}",
        // Signed requests.
        r"(?i)(?<before>\b(?:x-amz-signature|x-amz-security-token|x-amz-credential|signature|credential)=)[^\s&,;]+",
        // JSON Web Tokens.
        r"(?<before>\b)eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?",
        // password=.., "secretAccessKey": ".."
        r#"(?i)(?<before>\b[a-z0-9_-]*(?:password|passwd|secret|secret_?access_?key|session_?token|security_?token|api[_-]?key|private[_-]?key|access[_-]?token|refresh[_-]?token|credentials?)[a-z0-9_-]*["']?\s*[=:]\s*["']?)[^\s"',;&)}]+"#,
        // Private keys.
        r"(?<before>-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?<after>-----END|$)",
        // Tokens of GitHub and Slack.
        r"(?<before>\b)(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abprs]-[A-Za-z0-9-]{10,})",
        // Secret keys of AWS are 40 letters of base64, which nothing else is that has no name.
        r"(?<before>^|[^A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?<after>$|[^A-Za-z0-9/+=])",
    ];
    PATTERNS.into_iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// The text without credentials.
pub(super) fn masked(text: &str) -> String {
    SECRETS
        .iter()
        .fold(Cow::Borrowed(text), |text, secret| {
            if !secret.is_match(&text) {
                return text;
            }
            let replace = |found: &regex_lite::Captures<'_>| {
                let part = |name| found.name(name).map_or("", |part| part.as_str());
                // A digest in lower-case hexadecimal digits is no key.
                let all = found.get(0).map_or("", |all| all.as_str());
                if is_digest(all) {
                    return all.to_owned();
                }
                format!("{}{MASKED}{}", part("before"), part("after"))
            };
            Cow::Owned(secret.replace_all(&text, replace).into_owned())
        })
        .into_owned()
}

/// Such as the id of a commit.
fn is_digest(text: &str) -> bool {
    let digits = text.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    digits.len() == 40 && digits.chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(SECRETS.len(), 9);
    }

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
                "connect https://user:hunter2@db.example.com/x",
                "connect https://[masked]@db.example.com/x",
            ),
            ("postgres://app:p%40ss@db:5432/x failed", "postgres://[masked]@db:5432/x failed"),
            ("Authorization: Bearer abc.def-ghi_jkl", "Authorization: Bearer [masked]"),
            ("authorization: basic dXNlcjpwYXNz", "authorization: basic [masked]"),
            ("password=hunter2&user=x", "password=[masked]&user=x"),
            ("{\"secretAccessKey\": \"abc\"}", "{\"secretAccessKey\": \"[masked]\"}"),
            ("aws_session_token = FwoGZXIvYXdzEBYaD", "aws_session_token = [masked]"),
            ("DB_PASSWORD: hunter2", "DB_PASSWORD: [masked]"),
            (
                "GET /x?X-Amz-Credential=AKIA%2F2026&X-Amz-Signature=abcdef&y=1",
                "GET /x?X-Amz-Credential=[masked]&X-Amz-Signature=[masked]&y=1",
            ),
            ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token [masked]"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----",
            ),
            ("ghp_0123456789abcdefghij0123", "[masked]"),
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
            "the token is expired",
            "a/b/c at 12:30:15",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
