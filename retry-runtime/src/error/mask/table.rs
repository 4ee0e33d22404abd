//! What secrets look like: needle → shape. What has a name (`password=..`) is in `names`.
//!
//! Sources: the vendors' pages on the formats of their tokens; *IAM User Guide*, "IAM identifiers";
//! *Signature Version 4*, "Authenticating requests: using query parameters"; RFC 7516 for JWE.

use super::shapes::{self, Shape, base64, dotted, hexadecimal, letters, url64};

/// Secrets of one kind.
pub(super) struct Row {
    /// One of these is where the secret begins, or what it follows.
    pub(super) needles: &'static [&'static str],
    pub(super) start: Start,
    pub(super) shape: Shape,
    /// What the secrets are.
    #[cfg(test)]
    pub(super) kind: &'static str,
    /// A text with such a secret, which is enclosed in ‹ and ›.
    #[cfg(test)]
    pub(super) hides: &'static str,
    /// A text that is left as it is.
    #[cfg(test)]
    pub(super) keeps: &'static str,
}

/// Where a needle may be found.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Start {
    /// At the start of a word, in upper and lower case as in the needle.
    Token,
    /// At the start of a word, in any case.
    Word,
    /// Anywhere, in any case.
    Anywhere,
}

macro_rules! rows {
    ($($kind:literal: [$($needle:literal),+ $(,)?] $start:ident $shape:expr,
        hides $hides:expr, keeps $keeps:expr;)+) => {
        &[$(Row {
            needles: &[$($needle),+],
            start: Start::$start,
            shape: $shape,
            #[cfg(test)]
            kind: $kind,
            #[cfg(test)]
            hides: $hides,
            #[cfg(test)]
            keeps: $keeps,
        }),+]
    };
}

pub(super) const ROWS: &[Row] = rows! {
    // Marks around secrets.
    "private keys": ["-----BEGIN "] Anywhere shapes::pem,
        hides "-----BEGIN RSA PRIVATE KEY-----‹\nabc\n›-----END RSA PRIVATE KEY-----",
        keeps "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    "users of URLs": ["://"] Anywhere shapes::user_of_url,
        hides "postgres://‹app:p%40ss›@db:5432/x failed",
        keeps "https://example.com:8443/@scope/package";
    "users before hosts": ["@"] Anywhere shapes::user_before_host,
        hides "dial root:‹hunter2›@tcp(10.0.0.1:3306)/db",
        keeps "mail to: someone@example.com, mailto:someone@example.com";

    "users of Oracle": ["@"] Anywhere shapes::oracle_database,
        hides "cannot reach scott/‹tiger›@orcl",
        keeps "uses: actions/checkout@v4, org/repository@main";
    "values before their names": ["value", "content"] Word shapes::value_before_name,
        hides "{\"value\":\"‹hunter2›\",\"name\":\"password\"}",
        keeps "{\"value\":\"eu\",\"name\":\"region\"}";

    // Of HTTP and mail.
    "credentials after their scheme":
        ["bearer", "basic", "token", "negotiate", "apikey", "ssws", "dpop", "ntlm"] Word shapes::after_scheme,
        hides "sent Bearer ‹abc.def-ghi_jkl›",
        keeps "basic authentication required";
    "credentials of SMTP and IMAP": ["AUTH PLAIN", "AUTH LOGIN", "AUTHENTICATE PLAIN"] Word shapes::after_scheme,
        hides "C: AUTH PLAIN ‹dGVzdAB0ZXN0ADEyMzQ=›",
        keeps "AUTH PLAIN mechanism is not supported";
    "answers of Digest": ["response=", "response%3d"] Word shapes::digest,
        hides "Digest username=\"Mufasa\", response=\"‹6629fae49393a05397450978507c4ef1›\"",
        keeps "response=\"200\"";
    "signatures": ["x-amz-security-token=", "signature=", "credential=", "sig="] Anywhere shapes::assigned,
        hides "GET /x?X-Amz-Signature=‹abcdef›&y=1",
        keeps "signature mismatch";
    "parameters of URLs": [
        "?key=", "&key=", "?code=", "&code=", "?subscription-key=", "&subscription-key=", "?k=", "&k=",
        "?auth=", "&auth=", "?sas=", "&sas=", "?apitoken=", "&apitoken=", "?hmac=", "&hmac=",
    ] Anywhere shapes::parameter,
        hides "GET https://example.com/api/f?code=‹aGk2bXl-a2V5›&x=1",
        keeps "GET https://example.com/api/f?code=404&key=photos/cat.jpg";

    // Of command lines and SQL.
    "passwords of MySQL's commands": ["mysql", "mysqldump", "mysqladmin", "mariadb"] Word shapes::mysql,
        hides "mysql -u root -p‹hunter2› db",
        keeps "mysql -u root -p db";
    "users of curl and the like": ["curl", "smbclient"] Word shapes::curl,
        hides "curl -s -u ‹alice:hunter2› https://example.com/",
        keeps "curl -s https://example.com/ failed";
    "passwords after -p": ["sshpass", "docker login", "podman login", "helm registry login"] Word shapes::flag_p,
        hides "sshpass -p ‹hunter2› ssh host",
        keeps "docker login failed";
    "passwords of Redis": ["redis-cli"] Word shapes::flag_a,
        hides "redis-cli -h cache -a ‹hunter2› ping",
        keeps "redis-cli -h cache ping";
    "passwords of LDAP": ["ldapsearch", "ldapmodify", "ldapadd", "ldapwhoami", "ldapdelete"] Word shapes::flag_w,
        hides "ldapsearch -x -D cn=admin -w ‹hunter2› -b dc=x",
        keeps "ldapsearch -x -D cn=admin -W -b dc=x";
    "passwords of SQL Server": ["sqlcmd", "bcp"] Word shapes::flag_capital_p,
        hides "sqlcmd -S db -U sa -P ‹yourStrong(!)Password› -Q x",
        keeps "sqlcmd -S db -E -Q x";
    "passwords of OpenSSL": ["-passin pass:", "-passout pass:", "-pass pass:"] Anywhere shapes::assigned,
        hides "openssl rsa -passin pass:‹hunter2› -in key.pem",
        keeps "openssl rsa -passin file:pw -in key.pem";
    "users on Oracle's command lines": ["sqlplus", "expdp", "impdp", "sqlldr", "rman", "CONNECT", "jdbc:oracle:"]
        Word shapes::oracle,
        hides "sqlplus hr/‹hr›@localhost",
        keeps "sqlplus hr@localhost";
    "new passwords of SQL": ["set password for"] Word shapes::set_password,
        hides "SET PASSWORD FOR 'jeffrey'@'localhost' = '‹auth_string›'",
        keeps "set password for the user: x = y";
    "passwords of SQL": ["identified by", "identified with mysql_native_password by"] Word shapes::identified,
        hides "CREATE USER 'x' IDENTIFIED BY '‹hunter2›' failed",
        keeps "the user is identified by its name";

    "private keys in base64": [
        "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt",
        "LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS", "LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZ",
        "LS0tLS1CRUdJTiBFTkNSWVBURUQgUFJJVkFURSBLRVkt",
    ] Token base64::<8>,
        hides "client-key-data: ‹LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlF›",
        keeps "client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUR";

    // Of vendors.
    "key ids of AWS": [
        "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA",
    ] Token shapes::aws_key_id,
        hides "key ‹AKIAIOSFODNN7EXAMPLE› is unknown",
        keeps "AKIA and ASIA are prefixes, ASIAPACIFIC is a region";
    "session tokens of AWS": [
        "IQoJb3JpZ2lu", "FQoGZXIvYXdz", "FwoGZXIvYXdz", "FQoDYXdz", "AgoJb3JpZ2lu", "AgoGb3JpZ2lu",
        "AQoDYXdz", "AQoEXAMPLE",
    ] Token shapes::aws_session_token,
        hides "sent ‹FQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW›",
        keeps "the security token included in the request is invalid";
    "keys of Amazon Bedrock": ["bedrock-api-key-", "ABSK"] Token base64::<30>,
        hides concat!("‹ABSK", "QmVkcm9ja0FQSUtleS1leGFtcGxlLWV4YW1wbGU=›"),
        keeps "ABSK is a prefix";
    "JSON Web Tokens, signed and encrypted": ["eyJ"] Token shapes::jwt,
        hides "got ‹eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln›.",
        keeps "cursor eyJpZCI6MX0 is gone";
    "tokens of GitHub": ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"] Token url64::<20>,
        hides concat!("‹gh", "p_0123456789abcdefghij0123›"),
        keeps "ghp_ is the prefix";
    "tokens of GitLab": [
        "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glimt-", "glagent-", "gloas-",
        "GR1348941",
    ] Token dotted::<20>,
        hides concat!("‹gl", "pat-0123456789abcdefghij›"),
        keeps "glpat-like tokens";
    "tokens of Slack": ["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xoxc-", "xoxd-", "xapp-"]
        Token dotted::<10>,
        hides concat!("‹xa", "pp-1-A0123456789-0123456789012-abcdef0123456789›"),
        keeps "xoxb- tokens";
    "webhooks": [
        "hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/",
        "discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "webhook.office.com/webhookb2/",
        "hooks.zapier.com/hooks/catch/",
    ] Anywhere shapes::rest_of_url,
        hides concat!("POST https://hooks.sl", "ack.com/services/‹T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX›"),
        keeps "POST https://slack.com/api/chat.postMessage";
    "keys of Stripe": ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_", "whsec_"]
        Token base64::<10>,
        hides concat!("‹wh", "sec_0123456789abcdefghijABCDEF›"),
        keeps "sk_live_ or sk_test_";
    "tokens of Vault": ["hvs.", "hvb.", "hvr."] Token url64::<20>,
        hides concat!("‹hv", "s.CAESIJ0123456789abcdefghij›"),
        keeps "hvs.example.com";
    "tokens of Hugging Face": ["hf_", "api_org_"] Token letters::<30>,
        hides concat!("‹h", "f_abcdefghijABCDEFGHIJabcdefghij1234›"),
        keeps "hf_hub_download failed";
    "tokens of DigitalOcean": ["dop_v1_", "doo_v1_", "dor_v1_"] Token letters::<32>,
        hides concat!("‹do", "p_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef›"),
        keeps "dop_v1_token";
    "tokens of PyPI": ["pypi-"] Token url64::<40>,
        hides concat!("‹py", "pi-AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAw›"),
        keeps "pypi-server is down";
    "tokens of npm": ["npm_"] Token letters::<30>,
        hides concat!("‹np", "m_0123456789abcdefghijABCDEFGHIJ012345›"),
        keeps "npm_config_registry=https://registry.npmjs.org";
    "keys of Google's APIs": ["AIza"] Token url64::<30>,
        hides concat!("‹AI", "zaSyA0123456789abcdefghijABCDEFGHIJ012›"),
        keeps "AIza starts a key";
    "tokens and secrets of Google's OAuth": ["ya29.", "GOCSPX-", "1//0"] Token url64::<10>,
        hides concat!("‹GOC", "SPX-abcdefghijABCDEFGHIJ01234567›"),
        keeps "1//2 of it";
    "secrets of Azure AD": ["Q~"] Anywhere shapes::azure_ad,
        hides concat!("AADSTS7000215: ‹abc8", "Q~0123456789abcdefghijABCDEFGHIJ0123›"),
        keeps "Q~A";
    "keys of OpenAI, Anthropic and the like": ["sk-"] Token url64::<20>,
        hides concat!("‹sk", "-ant-api03-0123456789abcdefghij›"),
        keeps "sk-learn";
    "keys of SendGrid": ["SG."] Token dotted::<32>,
        hides concat!("‹S", "G.0123456789abcdefghijAB.0123456789abcdefghijABCDEFGHIJ0123456789abc›"),
        keeps "SG.example.com";
    "keys of Twilio": ["SK"] Token hexadecimal::<32>,
        hides concat!("‹S", "K0123456789abcdef0123456789abcdef›"),
        keeps "SKU0123";
    "keys of Mailgun": ["key-"] Token hexadecimal::<32>,
        hides concat!("‹k", "ey-0123456789abcdef0123456789abcdef›"),
        keeps "key-value store";
    "tokens of Databricks": ["dapi"] Token hexadecimal::<32>,
        hides concat!("‹da", "pi0123456789abcdef0123456789abcdef›"),
        keeps "dapi";
    "bots of Telegram": ["bot"] Token shapes::telegram,
        hides concat!("api.telegram.org/bot‹110201543:", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw›/getMe"),
        keeps "bot1 is away";
    "tokens of Shopify": ["shpat_", "shpss_", "shpca_", "shppa_"] Token letters::<32>,
        hides concat!("‹sh", "pat_0123456789abcdef0123456789abcdef›"),
        keeps "shpat_x";
    "tokens with a prefix of their own": [
        "dckr_pat_", "dckr_oat_", "glsa_", "glc_", "NRAK-", "lin_api_", "ntn_", "PMAK-", "pscale_pw_",
        "pscale_tkn_", "pul-", "rubygems_", "sbp_", "sntrys_", "sntryu_", "sq0atp-", "sq0csp-", "ATATT3",
        "ATCTT3", "HRKU-", "FlyV1 fm2_", "fo1_", "dp.pt.", "dp.st.", "EAACEdEose0cBA", "AGE-SECRET-KEY-1",
        "tfp_", "figd_", "gsk_", "xai-", "r8_", "pat-na1-", "secret_", "sl.B", "ops_eyJ", "cio", "nvapi-",
        "tskey-", "phc_", "rdme_", "bkua_", "CCIPAT_", "lsv2_pt_", "wandb_v1_",
        "access-sandbox-", "access-development-", "access-production-", "AKCp",
    ] Token dotted::<24>,
        hides concat!("‹dckr", "_pat_0123456789abcdefghijABCDEFG›"),
        keeps "rubygems_version, secret_name, ciphertext";
};
