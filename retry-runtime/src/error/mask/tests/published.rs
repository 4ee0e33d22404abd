//! Fifty secrets as documentation prints them, and fifty texts that only look like some.
//!
//! Every value is an example that a vendor or an RFC has published; none was ever in use.

use super::check;

#[test]
fn examples_of_documentation() {
    check([
        // AWS CLI, "Configuration and credential file settings".
        "[default]\naws_access_key_id=‹AKIAI44QH8DHBEXAMPLE›\naws_secret_access_key=‹je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY›",
        // AWS STS, GetSessionToken: the code of a device.
        "GET /?Action=GetSessionToken&SerialNumber=x&TokenCode=‹123456›",
        // Azure Storage and Cosmos DB, their emulators.
        "AccountName=devstoreaccount1;AccountKey=‹Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==›;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;",
        "AccountEndpoint=https://localhost:8081/;AccountKey=‹C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==›",
        // Azure Storage, "Service SAS examples".
        "GET /sascontainer/sasblob.txt?sv=2015-04-05&sr=b&sig=‹Z%2FRHIX5Xcg0Mq2rqI3OlWTjEg2tYkboXr1P9ZUXDtkk%3D›&sp=rw",
        // Azure Service Bus.
        "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=‹abCdEfGh0123=›",
        // Azure API Management and Functions.
        "Ocp-Apim-Subscription-Key: ‹00112233445566778899aabbccddeeff›",
        "x-functions-key: ‹aBcD0123eFgH4567›",
        // Microsoft identity platform.
        "client_id=535fb089&grant_type=client_credentials&client_secret=‹qWgdYAmab0YSkuL1qKv5bPX›",
        // RFC 7617, RFC 6750, RFC 7616.
        "Authorization: Basic ‹QWxhZGRpbjpvcGVuIHNlc2FtZQ==›",
        "GET /resource HTTP/1.1\nAuthorization: Bearer ‹mF_9.B5f-4.1JqM›",
        "Authorization: Digest username=\"Mufasa\", uri=\"/dir/index.html\", response=\"‹753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1›\"",
        // RFC 6749 and RFC 7636.
        "grant_type=authorization_code&code=‹SplxlOBeZQQYbYS6WxSbIA›&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb",
        r#"{"access_token":"‹2YotnFZFEjr1zCsicMWpAA›","token_type":"example","expires_in":3600,"refresh_token":"‹tGzv3JOkF0XG5Qx2TlKWIA›"}"#,
        "grant_type=password&username=johndoe&password=‹A3ddj3w›",
        "client_id=s6BhdRkqt3&client_secret=‹7Fjfp0ZBr1KtDRbnfVdmIw›",
        "code_verifier=‹dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk›",
        // RFC 7519.
        "‹eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk›",
        // RFC 6265.
        "Set-Cookie: ‹SID=31d4d96e407aad42; Path=/; Secure; HttpOnly›",
        "Cookie: ‹SID=31d4d96e407aad42; lang=en-US›\nHost: example.com",
        // RFC 4954.
        "C: AUTH PLAIN ‹dGVzdAB0ZXN0ADEyMzQ=›",
        // Stripe, Telegram, Slack, GitHub, Google, Plaid, Okta, Cloudflare, Datadog.
        concat!("Invalid API Key provided: ‹sk_te", "st_4eC39HqLyjWDarjtT1zdp7dc›"),
        "POST https://api.telegram.org/bot‹123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11›/getMe",
        "SLACK_SIGNING_SECRET=‹8f742231b10e8888abcd99yyyzzz85a5›",
        concat!("remote: ‹gh", "p_16C7e42F292c6912E7710c838347Ae178B4a› is revoked"),
        r#"{"refresh_token": "‹1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI›"}"#,
        "POST /item/get {\"access_token\": \"‹access-sandbox-de3ce8ef-33f8-452c-a685-8671031fc0f6›\"}",
        "item of ‹access-sandbox-de3ce8ef-33f8-452c-a685-8671031fc0f6› is gone",
        "Authorization: SSWS ‹00QCjAl4MlV-WPXM›",
        "X-Auth-Key: ‹c2547eb745079dac9320b638f5e225cf483cc5cfdda41›",
        "DD-APPLICATION-KEY: ‹00000000000000000000000000000000aaaaaaaa›",
        // Google Authenticator, "Key URI format".
        "otpauth://totp/alice@example.com?secret=‹HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ›&issuer=ACME%20Co",
        // Discord.
        "Authorization: ‹Bot MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs›",
        // Vault, "Initialize", and AppRole.
        "Initial Root Token: ‹s.Ga5jyNq6kNfRMVQk2LY1j9iu›",
        "role_id=675a50e7, secret_id=‹ed0a642f-2acf-c2da-232f-1b21300d5f29›",
        // Docker, npm, kubeadm, kubeconfig.
        r#"{"auths":{"https://index.docker.io/v1/":{"auth":"‹c3R...zE2›"}}}"#,
        "//registry.npmjs.org/:_authToken=‹00000000-0000-0000-0000-000000000000›",
        "kubeadm join --token ‹abcdef.0123456789abcdef› 10.0.0.1:6443 --certificate-key ‹f8902e114ef118304e561c3ecd4d0b543adc226b7a07f675f56564185ffe0c07›",
        "client-key-data: ‹LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlF›",
        "invalid PEM: ‹LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2›",
        // PostgreSQL, MongoDB, RabbitMQ, MySQL, SQL Server, Oracle, Kafka, Redis.
        "postgresql://‹other:secret›@localhost/otherdb?connect_timeout=10",
        "mongodb+srv://‹myDatabaseUser:D1fficultP%40ssw0rd›@cluster0.example.mongodb.net/?retryWrites=true",
        "SET PASSWORD FOR 'jeffrey'@'localhost' = '‹auth_string›'",
        "docker run -e \"MSSQL_SA_PASSWORD=‹yourStrong(!)Password›\" mssql/server",
        "sqlcmd -S localhost -U sa -P ‹yourStrong(!)Password› -Q x",
        "Driver={ODBC Driver 18 for SQL Server};Server=tcp:db,1433;Uid=me;Pwd={‹p;wd›};Encrypt=yes",
        "jdbc:oracle:thin:scott/‹tiger›@//myhost:1521/myservicename",
        "sqlplus hr/‹hr›@localhost:1521/xepdb1",
        "PlainLoginModule required username=\"admin\" password=\"‹admin-secret›\";",
        "AUTH failed for redis://‹default:temp-pass›@redis-12345.example.com:12345",
        // OpenLDAP, OpenSSL, Samba.
        "ldapsearch -x -D cn=admin,dc=example -w ‹secret› -b dc=example",
        "openssl pkcs12 -in a.p12 -passin pass:‹p4ss› -nodes",
        "smbclient //server/share -U ‹jdoe%s3cret› -c ls",
    ]);
}

#[test]
fn secrets_in_other_orders_and_in_prose() {
    check([
        r#"{"value":"‹hunter2›","name":"password"}"#,
        r#"[{"value": "‹hunter two›", "key": "API_TOKEN"}, {"value": "eu", "key": "REGION"}]"#,
        r#""{\"value\":\"‹hunter2›\",\"name\":\"db_password\"}""#,
        "{'value': '‹hunter2›', 'name': 'x-api-key'}",
        r#"Header { value: "‹hunter2›", name: "authorization" }"#,
        r#"Header { name: "password", value: "‹hunter2›" }"#,
        r#"<add value="‹hunter2›" key="Password"/>"#,
        "<input name=password value=‹hunter2›>",
        "tool --password ‹v1-hunter2›",
        r#"failed: it.password != "‹hunter2›""#,
        "the password is ‹hunter2›",
        "login failed, password was ‹hunter2›.",
        "your passcode is ‹483920›",
        "connect scott/‹tiger›@db",
        "cannot reach scott/‹tiger›@orclpdb1: timeout",
        "cannot reach scott/‹tiger›@//myhost/service",
        "cannot reach scott/‹tiger›@myhost:1521/xe",
        "app:secret: ‹hunter2›",
        "jörg:‹hunter2›@db.example.com, a+b:‹hunter2›@db.example.com",
        r#"password = str("‹hunter2›")"#,
        "otp=‹123456›",
        "postgres://‹app:1a/ss›@db:5432/x",
        "app:‹hunter2›@db:5432 is down",
        "otp: ‹123456›",
        "mfa_otp=‹483920›&x=1",
        r#"credentials=(‹"a","b"›)"#,
        r#"credentials: Some((‹"user", "hunter2"›))"#,
        "creds=(‹user, hunter2›), retry",
    ]);
}

#[test]
fn texts_that_only_look_like_secrets() {
    check([
        // AWS.
        "AccessDenied: User: arn:aws:sts::123456789012:assumed-role/app/session is not authorized to perform: s3:PutObject",
        "An error occurred (InvalidSignatureException) when calling the GetCallerIdentity operation: Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z",
        "DecryptionFailureException: Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
        "InvalidParameterException: Your request references secret prod/db/main, which was deleted",
        "ResourceExistsException: The operation failed because the secret prod/db already exists.",
        "PasswordResetRequired: true",
        "NotAuthorizedException: Incorrect username or password.",
        "CodeMismatchException: Invalid verification code provided, please try again.",
        "x-amz-id-2: eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran",
        "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
        "KMSInvalidStateException: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab is pending deletion.",
        "ExpiredNextToken: the pagination token has expired",
        // OAuth, OpenID.
        "invalid_client: AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value",
        "AADSTS50126: Error validating credentials due to invalid username or password.",
        "invalid_request: code_challenge_method=S256 is not supported",
        "insufficient_scope: scope=\"read:packages\"",
        "token_endpoint: https://example.com/oauth2/token",
        "id_token_signing_alg_values_supported: RS256",
        "grant_type=refresh_token is not allowed",
        // Databases.
        "FATAL: password authentication failed for user \"postgres\"",
        "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: NO)",
        "ORA-01017: invalid username/password; logon denied",
        "ORA-28001: the password has expired",
        "Login failed for user 'sa'. Reason: Password did not match that for the login provided.",
        "WRONGPASS invalid username-password pair or user is disabled.",
        "NOAUTH Authentication required.",
        "MongoServerError: bad auth : authentication failed",
        "SASL authentication failed using login context 'KafkaClient'",
        // Sources, packages, actions.
        "uses: actions/checkout@v4",
        "rust-lang/rust@9fc6b4312 does not build",
        "npm ERR! 404 '@scope/pkg@1.2.3' is not in this registry",
        "ghcr.io/org/image@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "torvalds/linux@master",
        "git@github.com:org/repo.git: Permission denied (publickey)",
        "cannot connect to org/repo@main",
        // Programs.
        "expected token `;`, found `}` at line 3",
        "thread 'tokio-runtime-worker' panicked at src/password.rs:14:9",
        "missing environment variable DATABASE_PASSWORD",
        "the variable AWS_SECRET_ACCESS_KEY is not set",
        "file /run/secrets/db_password: No such file or directory (os error 2)",
        "secretKeyRef: key not found",
        "couldn't find key password in Secret default/db-creds",
        "MountVolume.SetUp failed for volume \"token\" : secret \"token\" not found",
        "passwords must have at least 1 digit",
        "the password is too short",
        "password is required and must not be empty",
        "password is encoded as base64",
        "wrong password! try again",
        r#"expected one of ["password", "region"]"#,
        "<https://example.com>,a@b.org; \"https://example.com\",a@b.org",
        "//x@db, a/@db, x//y@db",
        "tool --token --verbose",
        "rsync backup/alice@host:/srv failed",
        "password=</a>",
        "token: ..., session: ?",
        "bot-0123456789abcdefghijklmnopqrstuvwxyz, bot123456:short, bot12:0123456789abcdefghijklmnopqrstuvwxyz",
        "passport=A1234567 is unknown, sidecar=v1x2y3z4",
        "the fields \"password\" \"region\" are missing",
        "tokens per minute (TPM): Limit 30000, Used 29500, Requested 1024",
        "usage: prompt_tokens=12, cached_tokens=8",
        "max_completion_tokens is too large: 100000",
        "SharedAccessKeyName=RootManageSharedAccessKey",
        "pin 4 is an input; spin=1, option: none, adoption: 12345",
        r#"{"value":"eu-central-1","name":"region"}"#,
        r#"{"value": 42, "name": "token_count"}"#,
        "value: 7, name: password_length",
        "retry (attempt 2 of 3) in 100ms (max 5s)",
    ]);
}
