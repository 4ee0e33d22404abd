//! Secrets by their kind.

use super::{check, wrong};
use crate::error::mask::table::ROWS;

#[test]
fn each_row_masks_its_example_and_leaves_the_harmless_one() {
    for row in ROWS {
        assert!(row.hides.contains('‹') && !row.keeps.contains('‹'), "{}", row.kind);
        assert_eq!(wrong(row.hides), None, "{}", row.kind);
        assert_eq!(wrong(row.keeps), None, "{}", row.kind);
    }
}

/// Each needle, with what follows the needle of the example.
#[test]
fn each_needle_is_one() {
    let secret = "0123456789abcdef0123456789abcdef";
    for row in ROWS.iter().filter(|row| row.needles.len() > 1) {
        let example = row.hides.replace(['‹', '›'], "");
        let lower = example.to_ascii_lowercase();
        let first = row
            .needles
            .iter()
            .filter_map(|needle| lower.find(&needle.to_ascii_lowercase()).map(|at| (at, *needle)))
            .min_by_key(|(at, needle)| (*at, usize::MAX - needle.len()));
        let (at, written) = first.unwrap_or_else(|| panic!("no needle in {example}"));
        for needle in row.needles {
            let text = format!("{}{needle}{}", &example[..at], &example[at + written.len()..]);
            let text = if needle.ends_with("%3d") { text.replace("%3d\"", "%3d") } else { text };
            assert_ne!(crate::error::mask::masked(&text), text, "{}: {secret}", row.kind);
        }
    }
}

#[test]
fn lists_of_headers() {
    check([
        r#"[("authorization", "Bearer ‹abc.def-ghi›"), ("accept", "*/*")]"#,
        r#"("x-api-key", "‹0123-abcd›"), ("host", "example.com")"#,
        r#"{"cookie": "‹session=abc; id=d›", "host": "x"}"#,
        r#"("cookie", "‹session=abc; id=d›")"#,
        r#"("set-cookie", "‹id=a3fWa; Expires=Thu›")"#,
        r#"("proxy-authorization", "Basic ‹dXNlcjpwYXNz›")"#,
        r#"HeaderMap { inner: {"x-amz-security-token": "‹IQoJb3JpZ2luX2VjEXAMPLE›"} }"#,
        r#"["X-Auth-Token","‹gAAAAABexample›"]"#,
        "X-Vault-Token: ‹s.0123abcd›",
        "Cookie: ‹a=b; c=d, e=f›\nHost: x",
    ]);
}

#[test]
fn names_beside_their_values() {
    check([
        r#"{"name":"password","value":"‹hunter2›"}"#,
        r#"{"name": "DB_PASSWORD", "value": "‹hunter two›"}, {"name": "DB_HOST", "value": "db"}"#,
        r#"[{\"Name\":\"ApiKey\",\"Value\":\"‹0123abcd›\"}]"#,
        r#"{"key":"client_secret","content":"‹x›"}"#,
    ]);
}

#[test]
fn digests() {
    check([
        "Authorization: Digest username=\"Mufasa\", realm=\"r\", nonce=\"n\", response=\"‹6629fae49393a05397450978507c4ef1›\"",
        "Digest username=\"Mufasa\", response=‹753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1›, qop=auth",
    ]);
}

#[test]
fn passphrases_with_blanks() {
    check([
        "password: ‹correct horse battery staple›",
        "passphrase: ‹correct horse battery staple›\nuser: x",
        "password: ‹correct horse battery staple›, user: x",
        "password: ‹correct horse› user=x",
        r#"password="‹correct horse battery staple›" user=x"#,
        "password='‹correct horse battery staple›' user=x",
        "<password>‹correct horse battery staple›</password>",
        "<ns:Password>‹correct horse›</ns:Password>",
        "<password><![CDATA[‹hunter2]]>›</password>",
        "password: |\n  ‹correct horse\n  battery staple›\nuser: x",
        "db:\n  password: >-\n    ‹correct horse\n    battery›\n",
        r#"Login { user: "x", password: Some("‹correct horse›") }"#,
        r#"Error: "password: ‹correct horse›\nuser: x""#,
    ]);
}

#[test]
fn vendors() {
    check([
        concat!("‹gh", "o_16C7e42F292c6912E7710c838347Ae178B4a›"),
        concat!("‹github_", "pat_11AAAAAAA0abcdefghijkl_0123456789abcdefghij›"),
        concat!("‹xo", "xb-0123456789012-0123456789012-abcdefghijABCDEFGHIJ0123›"),
        concat!("‹xo", "xe.xoxp-1-Mi0yLTExMTExMTExMTEx›"),
        concat!("‹r", "k_live_0123456789abcdefghij›"),
        concat!("‹ya", "29.a0AfH6SMBexample-token_0123›"),
        concat!("‹hv", "b.AAAAAQJ0123456789abcdefghij›"),
        concat!("‹npm", "_abcdefghijABCDEFGHIJ0123456789abcdef›"),
        concat!("‹sk", "-proj-0123456789abcdefghijABCDEFGHIJ›"),
        concat!("‹AGE-SECRET", "-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQQPZRY9X8GF2TVDW0S3›"),
        "‹eyJhbGciOiJSU0EtT0FFUCJ9.OKOawDo13gRp.48V1_ALb6US04U3b.5eym8TW_c8SuK0.XFBoMYUZodetZdv›",
        "‹eyJhbGciOiJkaXIifQ..48V1_ALb6US04U3b.5eym8TW_c8SuK0.XFBoMYUZodetZdv›",
        "‹AQoDYXdzEJr1K5jUFhLjEXAMPLE/x+y=›",
    ]);
}

#[test]
fn urls_and_hosts() {
    check([
        "amqp://‹guest:guest›@mq:5672/%2f",
        "clone https://‹x-access-token:abc›@github.com/a/b",
        "ssh://git@github.com/a/b",
        "root:‹hunter2›@tcp(127.0.0.1:3306)/app: access denied",
        "root:‹hunter2›@unix(/tmp/mysql.sock)/app",
        "connect app:‹hunter2›@db.example.com failed",
        "scott:‹tiger›@localhost",
        "GET /v1?key=‹AbCdEf123›&q=x",
        "GET /cb?code=‹P7q7W91aoMsCeLvIaQm6bTrgtp7›&state=x",
        "GET /f?sv=2020&sig=‹ab%2Fcd%3D›&se=2",
        "/v1?access_token=‹abc123›&x=1",
    ]);
}

#[test]
fn command_lines_and_sql() {
    check([
        "mysqldump -uroot -p‹hunter2› app",
        "`mysql -p'‹hunter two›' app` failed",
        "curl -u ‹alice:hunter2› https://x",
        "curl --user ‹alice:hunter2› https://x",
        "curl -H \"X-Api-Key: ‹0123abcd›\" https://x",
        "curl -H 'Authorization: Bearer ‹abcdef0123›' https://x",
        "docker login -u me -p ‹hunter2› example.com",
        "tool --password ‹hunter2› --user x",
        "tool --password=‹hunter2› --user x",
        "tool --db-token '‹abc def›'",
        "PGPASSWORD=‹hunter2› psql",
        "export AWS_SECRET_ACCESS_KEY=‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY›",
        "ALTER USER x IDENTIFIED BY ‹tiger›;",
        "alter user x identified by '‹tiger›'",
        "ALTER ROLE app WITH PASSWORD '‹hunter2›'",
    ]);
}

#[test]
fn more_names() {
    check([
        "client_secret=‹abc›&grant_type=x",
        "clientSecret: ‹abc›",
        r#"{"refreshToken":"‹abc def›"}"#,
        "AZURE_CLIENT_SECRET=‹abc›",
        "spring.datasource.password=‹hunter2›",
        "Server=db;Uid=x;Pwd=‹hunter2›;",
        "Server=db;Password=‹hunter two›;Database=x",
        "<add key=\"Password\" value=\"‹hunter2›\"/>",
        "<password type=\"text\">‹hunter2›</password>",
        "password -> ‹hunter2›",
        "secret => '‹abc›'",
        "password := \"‹abc›\"",
        "x-api-key: ‹abc123›",
        "session_id: ‹38afes7a8›",
        "connect.sid=‹s%3Aabc›",
        "Authorization: ‹0123abcd 4567›",
        "SECRET_KEY_BASE: ‹abc123›",
        "signing_key = ‹abc123›",
        "password=‹hunter2)x›)",
        r"password=‹hun\ter2›",
        "password=‹[masked]tail›",
    ]);
}
