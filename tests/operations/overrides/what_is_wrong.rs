use super::*;

/// Nothing but this may have changed: `shop::fetch` makes 4 attempts.
fn assert_unchanged() {
    assert_eq!(Went::now(), went(4, [100, 200, 400], "max_attempts"));
}

#[test]
fn in_a_file_is_told_with_what_to_write_instead_and_changes_nothing() {
    const DURATION: &str = "expected a duration up to a year, such as \"200ms\" or \"1m 30s\"";
    const ATTEMPTS: &str = "expected a number of attempts from 1 to 4294967295, or \"none\"";
    const TOKENS: &str = "expected a number of tokens from 10 upwards, or \"none\"";
    const NO_TABLE: &str = "is not a table: write settings below the name of a function or a pattern, \
                            such as [\"orders::*\"]; for all functions, write `enabled`, `true` or `false`";
    let _board = Board::empty();
    file("shop::fetch", "max = 4");
    for (settings, expected) in [
        (
            "mxa = 5",
            "unknown field `mxa`, expected one of `enabled`, `max`, `delay`, `factor`, \
             `max_delay`, `max_hint`, `throttling_delay`, `backoff`, `jitter`, `deadline`, \
             `timeout`, `budget`, `nested`, `give_up_level`, `span`"
                .to_owned(),
        ),
        ("max = \"five\"", format!("max: invalid value: string \"five\", {ATTEMPTS}")),
        ("max = 2.5", format!("max: invalid value: floating point `2.5`, {ATTEMPTS}")),
        ("max = -1", format!("max: invalid value: integer `-1`, {ATTEMPTS}")),
        ("max = 4294967296", format!("max: invalid value: integer `4294967296`, {ATTEMPTS}")),
        ("max = true", format!("max: invalid value: boolean `true`, {ATTEMPTS}")),
        ("max = [3]", format!("max: invalid type: sequence, {ATTEMPTS}")),
        (
            "factor = \"two\"",
            "factor: invalid value: string \"two\", expected a number from 1 upwards".to_owned(),
        ),
        ("delay = 200", format!("delay: invalid value: integer `200`, {DURATION}")),
        ("delay = \"200\"", format!("delay: invalid value: string \"200\", {DURATION}")),
        ("delay = \"-1s\"", format!("delay: invalid value: string \"-1s\", {DURATION}")),
        ("delay = \"\"", format!("delay: invalid value: string \"\", {DURATION}")),
        (
            "max_delay = \"2years\"",
            format!("max_delay: invalid value: string \"2years\", {DURATION}"),
        ),
        ("deadline = 1.5", format!("deadline: invalid value: floating point `1.5`, {DURATION}")),
        (
            "jitter = \"Full\"",
            "jitter: invalid value: string \"Full\", expected \"full\", \"equal\", \
             \"decorrelated\" or \"none\""
                .to_owned(),
        ),
        ("budget = -9", format!("budget: invalid value: integer `-9`, {TOKENS}")),
        ("budget = 4294967296", format!("budget: invalid value: integer `4294967296`, {TOKENS}")),
        ("budget = \"no\"", format!("budget: invalid value: string \"no\", {TOKENS}")),
        (
            "enabled = \"no\"",
            "enabled: invalid value: string \"no\", expected true or false".to_owned(),
        ),
    ] {
        // The first table is right, and must not be applied either.
        let text = format!("[\"shop::fetch\"]\nmax = 9\n[\"z\"]\n{settings}\n");
        let error = overrides::load_toml(&text, "retries.toml").unwrap_err();
        assert!(matches!(error, OverridesError::Malformed { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!("malformed retry settings in retries.toml: [\"z\"]: {expected}"),
        );
        assert_unchanged();
    }
    for (text, expected) in [
        ("max = 3", format!("`max` {NO_TABLE}")),
        ("[[\"shop::fetch\"]]\nmax = 9", format!("`shop::fetch` {NO_TABLE}")),
        ("enabled = \"false\"", "`enabled` is `true` or `false`, without quotes".to_owned()),
        (
            "[\"\"]\nmax = 9",
            "settings without the name of a function; for all functions, write `*`".to_owned(),
        ),
        (
            "[\"shop::fetch\"]\nspan = true",
            "`span` and `timeout` belong to the function: they are known before it is called"
                .to_owned(),
        ),
        (
            "[orders.fetch]\nmax = 9",
            "[\"orders\"]: `fetch` is a table, not a setting (write the name of a function in \
             quotes: [\"orders::fetch\"])"
                .to_owned(),
        ),
    ] {
        let error = overrides::load_toml(text, "retries.toml").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("malformed retry settings in retries.toml: {expected}"),
        );
        assert_unchanged();
    }
}

#[test]
fn in_its_syntax_is_shown_at_its_place() {
    let _board = Board::empty();
    file("shop::fetch", "max = 4");
    for (text, line, advice) in [
        ("[\"shop::fetch\"]\nmax = 9\nmax = 8\n", "line 3, column 1", "duplicate key"),
        ("[\"a\"]\nmax = 9\n[\"a\"]\nmax = 8\n", "line 3, column 2", "duplicate key"),
        ("[\"a\"]\ndelay = 5s\n", "line 2, column 9", "string values must be quoted"),
        ("nonsense", "line 1, column 9", "key with no value"),
        (
            "[orders::fetch]\nmax = 9\n",
            "line 1, column 8",
            "(write the name of a function in quotes: [\"orders::fetch\"])",
        ),
    ] {
        let error = overrides::load_toml(text, "retries.toml").unwrap_err().to_string();
        assert!(error.contains(line) && error.contains(advice), "{error}");
        assert_unchanged();
    }
}

#[test]
fn for_every_policy_is_one_for_settings_too() {
    let _board = Board::empty();
    file("shop::fetch", "max = 4");
    for (settings, is_expected) in [
        ("max = 0", (|error| matches!(error, PolicyError::Max)) as fn(PolicyError) -> bool),
        ("factor = nan", |error| matches!(error, PolicyError::Factor { .. })),
        ("factor = 0.5", |error| matches!(error, PolicyError::Factor { .. })),
        ("factor = -1", |error| matches!(error, PolicyError::Factor { .. })),
        ("factor = inf", |error| matches!(error, PolicyError::Factor { .. })),
        ("factor = 1e300", |error| matches!(error, PolicyError::Factor { .. })),
        ("budget = 9", |error| matches!(error, PolicyError::Budget { tokens: 9, .. })),
        ("backoff = \"linear\"\nfactor = 2", |error| matches!(error, PolicyError::UnusedFactor)),
        ("deadline = \"0s\"", |error| matches!(error, PolicyError::Deadline { .. })),
        ("delay = \"2s\"\nmax_delay = \"1s\"", |error| {
            matches!(error, PolicyError::MaxDelay { .. })
        }),
    ] {
        let text = format!("[\"shop::fetch\"]\n{settings}\n");
        let error = overrides::load_toml(&text, "retries.toml").unwrap_err();
        assert_eq!(error.to_string(), "invalid retry settings in retries.toml for `shop::fetch`");
        match error {
            OverridesError::Policy { source, .. } => assert!(is_expected(source), "{settings}"),
            error => panic!("{error:?}"),
        }
        assert_unchanged();
    }
}

#[test]
fn in_code_changes_nothing() {
    let _board = Board::empty();
    file("shop::fetch", "max = 4");
    for settings in [
        Policy::builder().max(0),
        Policy::builder().factor(f64::NAN),
        Policy::builder().deadline(Duration::ZERO),
        Policy::builder().budget_tokens(9),
    ] {
        let error = overrides::set("shop::fetch", settings).unwrap_err();
        assert_eq!(error.to_string(), "invalid retry settings in code for `shop::fetch`");
        assert_unchanged();
    }
    let error = overrides::set(" ", Policy::builder()).unwrap_err();
    assert!(error.to_string().contains("without the name of a function"), "{error}");
    let error = overrides::set("x", Policy::builder().budget_tokens(9)).unwrap_err();
    assert!(error.source().unwrap().to_string().contains("at least 10 tokens"), "{error}");
    assert_unchanged();
}

/// Of a wrong file it could be a secret.
#[test]
fn in_a_file_is_told_without_its_line() {
    let _board = Board::empty();
    for text in ["password = 'correct horse", "[\"a\"]\nkey AKIAIOSFODNN7EXAMPLE", "db: hunter2"] {
        let error = overrides::load_toml(text, "retries.toml").unwrap_err().to_string();
        let secrets = ["correct horse", "AKIAIOSFODNN7EXAMPLE", "hunter2"];
        assert!(!secrets.iter().any(|secret| error.contains(secret)), "{error}");
    }
}

#[test]
fn with_the_file_itself_is_told_with_its_path() {
    let _board = Board::empty();
    file("shop::fetch", "max = 4");
    let directory = std::env::temp_dir().join(format!("retries-tests-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("retries.toml");
    for (content, expected) in [
        (None, "No such file or directory"),
        (Some(&b"\xff\xfe\0"[..]), "stream did not contain valid UTF-8"),
    ] {
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let error = overrides::load_file(&path).unwrap_err();
        assert!(matches!(error, OverridesError::Read { .. }), "{error:?}");
        let (text, cause) = (error.to_string(), error.source().unwrap().to_string());
        assert!(cause.contains(expected) && text.ends_with("retries.toml"), "{text}: {cause}");
        assert_unchanged();
    }
    fs::write(&path, "[\"shop::fetch\"]\nmax = 2\n").unwrap();
    overrides::load_file(&path).unwrap();
    assert_eq!(Went::now().calls, 2);
    fs::write(&path, "").unwrap();
    overrides::load_file(&path).unwrap();
    assert_eq!(Went::now(), as_declared(), "an empty file sets nothing");
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn for_a_function_that_is_known_changes_nothing() {
    let _board = Board::empty();
    let _ = Went::now();
    file("shop::fetch", "max = 4");
    let error = overrides::load_toml(
        "[\"shop::fetch\"]\nmax = 9\n[\"shop::*\"]\nmax_delay = \"1ms\"\n",
        "retries.toml",
    )
    .unwrap_err();
    assert!(matches!(error, OverridesError::Unfit { site: "shop::fetch", .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the retry settings do not fit `shop::fetch`, which is declared with at most 3 \
         calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting"
    );
    assert_eq!(
        error.source().unwrap().to_string(),
        "`max_delay` (1ms) is shorter than the first `delay` (100ms)"
    );
    assert_unchanged();
    // Together they fit.
    file("shop::*", "delay = \"1ms\"\nmax_delay = \"1ms\"");
    assert_eq!(Went::now(), went(3, [1, 1], "max_attempts"));
}

#[test]
fn for_a_function_that_is_called_later_is_logged_once_and_ignored() {
    #[retry_on(Busy, name = "later")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    file("later", "max = 9\nmax_delay = \"1ms\"");
    let recorder = Recorder::start();
    let told = || {
        let ignored = recorder.events().into_iter();
        ignored.filter(|event| event.message.contains("ignored")).collect::<Vec<_>>()
    };
    fetch(&Service::failing(0)).unwrap();
    assert_eq!(told().len(), 1, "at its first call, not at its first failure");
    for _ in 0..3 {
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    }
    assert_eq!(told().len(), 1);
    assert_eq!((told()[0].level, told()[0].field("site")), (Level::ERROR, Some("later")));
    let error = told()[0].field("error").unwrap().to_owned();
    assert!(error.starts_with("the retry settings do not fit `later`"), "{error}");
    // What is set elsewhere neither is refused for it nor tells it again.
    overrides::set("shop::fetch", Policy::builder().max(2)).unwrap();
    fetch(&Service::down()).unwrap_err();
    assert_eq!(told().len(), 1);
}
