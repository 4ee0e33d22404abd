//! The macro as a function of tokens: it answers any input, and never loses the function.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::prelude::*;

use crate::parse::KeyName;
use crate::plan::Known;

const ATTRIBUTES: [&str; 24] = [
    "InternalServerException, max = 3",
    "io::Error | ApiError::Busy, ApiError::Http { status: 500..=599 } if *status != 501",
    "e: io::Error if e.kind() == io::ErrorKind::TimedOut, unless = |e| e.is_fatal()",
    "_, delay = 200ms, factor = 1.5, max_delay = \"20s\", jitter = equal",
    "when = is_transient, clone(a, b), name = \"orders\", crate = ::facade::retry",
    "Busy, sleep = my_timer, max = MAX, jitter = Jitter::Full",
    "\"SlowDown\" | \"Throttling\", Busy, deadline = \"10s\", timeout = 1s, budget = &SHARED",
    "_, until = |state| state.is_done(), hint = retry_after, attempt = attempt, budget = none",
    "_, on_retry = note, on_give_up = |gave_up| alert(a, gave_up), nested = \"inner\", when_ok = is_busy",
    "_, policy = &POLICY, max = 5, nested = NestedRetries::Allow, deadline = DEADLINE",
    "_, policy = &self.policy, budget = &self.budget, timeout = self.timeout, max = a, span = x",
    "_, policy = &self.policy, nested = a.nested, span = false",
    "_, max = Self::MAX, delay = a.delay, deadline = b, nested = warn, span = true",
    "_, unless = NotFound | ApiError::Http { .. } | \"AccessDenied\", throttling = e: Limit if e.now()",
    "_, unless = |error: &ApiError| error.is_fatal(), throttling = ApiError::is_limit, Busy, [A]",
    "_, deadline = 10s, timed_out = |timed_out| late(timed_out), timeout = none, unless = _",
    "max(3), retries = 2, \"SlowDown\", 5, delay = 5 parsecs",
    "max = , , delay 3, = 7, a::b::, <T as Trait>::Error",
    "[A, B], &A, |e| true, -1, 1..=2, Err(x), Box<dyn Error>, dyn Error, x!(), is_busy(), A || B",
    "max: 3, max == 3, clone(self.a), clone(), clone = a, jitter = true, when = a == b, on(A)",
    "_, A, A, max = 1, delay = \"1s\", max_delay = \"1ms\"",
    "\"\", \"a b\", \"A\" if x, deadline = 0s, timeout = none, budget = None, policy = 3, attempt = self",
    "budget = &Budget::standard(), budget = \"B\", nested = \"never\", attempt = a, on_retry = \"f\", hint",
    "",
];

const ITEMS: [&str; 12] = [
    "pub(crate) async fn f<'a, T: Tr>(&'a mut self, mut a: T, (b, mut c): (u8, u8)) -> Result<(), E> where T: Send { a.b().await?; Ok(()) }",
    "fn f(self: Box<Self>, a: String) -> std::io::Result<impl Display> { #![allow(x)] Ok(a) }",
    "fn f(a: u8) -> impl Future<Output = Result<(), E>> + Send { let b = a; async move { Ok(()) } }",
    "fn f(a: u8) -> Pin<Box<dyn Future<Output = Result<(), E>>>> { Box::pin(async move { let mut a = a; let __ret: Result<(), E> = { Ok(()) }; __ret }) }",
    "const fn f() -> u8 { 1 }",
    "unsafe extern \"C\" fn f(_: u8, ...) -> Result<(), E>;",
    "struct S { a: u8 }",
    "impl S { fn f() {} }",
    "let x = 5;",
    "#[retry_on(A)] #[doc = \"x\"] async fn f() {}",
    "fn",
    "",
];

/// Words that mean something to the macro, besides the keys.
const WORDS: &str = "
    clone true none inner self Self fn async mut if dyn impl move let __ret pin pub
    Budget A B
";

/// Any tree of tokens that a compiler could pass.
fn tokens() -> impl Strategy<Value = TokenStream> {
    let keys = KeyName::ALL.iter().map(|key| key.as_str());
    let words: Vec<&str> = WORDS.split_whitespace().chain(keys).collect();
    let word =
        prop_oneof!["[a-zA-Z_][a-z_]{0,6}", prop::sample::select(words).prop_map(str::to_owned),]
            .prop_filter("a lone underscore is a sign", |word| word != "_")
            .prop_map(|word| TokenTree::Ident(Ident::new(&word, Span::call_site())));
    let sign =
        (prop::sample::select("=,|:;<>&!#-+.'*/?_".chars().collect::<Vec<_>>()), any::<bool>())
            .prop_map(|(sign, joint)| match sign {
                '_' => TokenTree::Ident(Ident::new("_", Span::call_site())),
                // Alone it would be the start of a lifetime, which a compiler does not pass.
                '\'' => TokenTree::Punct(Punct::new('@', Spacing::Alone)),
                _ if joint => TokenTree::Punct(Punct::new(sign, Spacing::Joint)),
                _ => TokenTree::Punct(Punct::new(sign, Spacing::Alone)),
            });
    let literal = prop_oneof![
        prop::sample::select(vec![
            "0",
            "3",
            "200ms",
            "1.5s",
            "1e9",
            "0xff",
            "b'x'",
            "c\"x\"",
            "5u64",
            "\"5 s\"",
            "99999999999999999999999999",
            "1.5f32",
            "'c'",
            "b\"x\"",
            "r#\"x\"#",
            "1_000ms",
        ])
        .prop_map(|text| text.parse::<Literal>().expect("a literal")),
        ".{0,6}".prop_map(|text| Literal::string(&text)),
        any::<u64>().prop_map(Literal::u64_unsuffixed),
    ]
    .prop_map(TokenTree::Literal);
    let leaf = prop_oneof![4 => word, 4 => sign, 2 => literal];
    let delimiter = prop::sample::select(vec![
        Delimiter::Parenthesis,
        Delimiter::Brace,
        Delimiter::Bracket,
        Delimiter::None,
    ]);
    let tree = leaf.prop_recursive(3, 24, 6, move |inner| {
        (delimiter.clone(), prop::collection::vec(inner, 0..6)).prop_map(|(delimiter, inside)| {
            TokenTree::Group(Group::new(delimiter, inside.into_iter().collect()))
        })
    });
    prop::collection::vec(tree, 0..12).prop_map(|trees| trees.into_iter().collect())
}

fn parsed(text: &str) -> Vec<TokenTree> {
    text.parse::<TokenStream>().expect("valid tokens").into_iter().collect()
}

/// One of the samples, with tokens removed, doubled, swapped or replaced, or its end cut off.
fn mutated(samples: &'static [&'static str]) -> impl Strategy<Value = TokenStream> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, tokens());
    let changes = prop::collection::vec(change, 0..4);
    (prop::sample::select(samples), changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(sample, changes, end, cut)| {
            let mut tokens = parsed(sample);
            for (place, how, other) in changes {
                if tokens.is_empty() {
                    break;
                }
                let at = place.index(tokens.len());
                match how {
                    0 => drop(tokens.remove(at)),
                    1 => tokens.insert(at, tokens[at].clone()),
                    2 => tokens.swap(at, 0),
                    _ => drop(tokens.splice(at..=at, other)),
                }
            }
            if cut && !tokens.is_empty() {
                tokens.truncate(end.index(tokens.len()));
            }
            tokens.into_iter().collect()
        },
    )
}

/// Either an expansion, or errors and then the item as it was.
fn check(attribute: TokenStream, item: &TokenStream) {
    let answer = crate::retried(attribute, item).to_string();
    let is_error = answer.contains(":: core :: compile_error !");
    let is_expansion = answer.contains("static __SITE");
    assert!(is_error != is_expansion, "{answer}");
    if is_error {
        assert!(answer.ends_with(&item.to_string()), "the item is lost: {answer}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn answers_any_tokens(attribute in tokens(), item in tokens()) {
        check(attribute, &item);
    }

    #[test]
    fn answers_any_attribute(attribute in tokens(), item in prop::sample::select(&ITEMS[..])) {
        check(attribute, &item.parse().expect("valid tokens"));
    }

    #[test]
    fn answers_mutations_of_what_is_valid(attribute in mutated(&ATTRIBUTES), item in mutated(&ITEMS)) {
        check(attribute, &item);
    }
}

#[test]
fn answers_every_pair_of_samples() {
    for attribute in ATTRIBUTES {
        for item in ITEMS {
            check(parsed(attribute).into_iter().collect(), &parsed(item).into_iter().collect());
        }
    }
}

/// A readable expansion; `___` is in place of what another picture shows.
#[test]
fn writes_a_loop_around_the_body() {
    let item = "async fn fetch(key: &str) -> Result<Item, ApiError> { ask(key).await }";
    assert_shows(
        &retried("Busy, max = 3", item),
        r#"
        async fn fetch(key: &str) -> Result<Item, ApiError> {
            use ::retry_runtime::__private as __x;
            static __SITE: __x::Site = __x::site!(
                __x::concat!(__x::module_path!(), "::", "fetch"), &["Busy"],
                __x::Policy::DEFAULT.__with_max(__x::Some(3u32)), {Busy, max = 3},
                {async fn fetch(key: &str) -> Result<Item, ApiError>});
            __x::registered!(__SITE);
            let mut __call = __x::AsyncCall::new();
            let (_, __last) = loop {
                let __result = __x::attempting(
                    &mut __call, &__SITE, async { ___ { ask(key).await } }).await;
                let __kept = match <_ as __x::Fallible>::into_result::<>({ __result }) {
                    __x::Ok(__value) => {
                        __x::Call::succeeded(&__call, &__SITE);
                        return <_ as __x::Fallible>::success::<>({ __value });
                    }
                    __x::Err(__last) => match __x::Call::ended(
                        &mut __call, &__SITE, &__last, |__error| { ___ })
                    {
                        __x::Some(__ended) => break (__ended, __last),
                        __x::None => { __x::Keep::new(__last).__keep(&__call) }
                    }
                };
                <_ as __x::AsyncTimer>::pause::<>({ __x::DefaultTimer }, &mut __call, &__SITE).await;
                if let __x::Some(__end) = __kept.ended(&mut __call, &__SITE) { break __end; }
            };
            <_ as __x::Fallible>::failure::<>({ __last })
        }
        "#,
    );
}

/// What follows a failed attempt, here of a plain function.
#[test]
fn asks_the_runtime_what_to_do_about_an_error() {
    assert_shows(
        &retried("Busy, when = is_transient", "fn fetch() -> Result<Item, ApiError> { ask() }"),
        "
        let __end = __x::PlainCall::failed(&mut __call, &__SITE, __last, |__error| {
            let mut __seen = __x::Look::new(__error).__look(&__x::Coded::new(__error).__code());
            let __selected = __seen.__select ___ (
                { use __x::Searched as __Searched; __error.downcast_ref() });
            __x::MadeFrom::new(__error, &__selected).__hidden(&mut __seen);
            let __found = __selected.__code();
            __seen.__found(&__found);
            __seen.__matches(|| <__x::Typed>::holds::<>(__error, is_transient));
            __seen.__judged()
        });
        if let __x::Some((_, __last)) = __end {
            return <_ as __x::Fallible>::failure::<>({ __last });
        }
        ",
    );
}

/// Settings that cannot be invalid need no error.
#[test]
fn checks_a_policy_of_run_time_only_where_a_setting_can_contradict_it() {
    let item = "fn fetch(&self) -> Result<Item, ApiError> { ask() }";
    assert_shows(
        &retried("_, policy = &self.policy, nested = self.nested, span = true", item),
        "
        let __base: &__x::Policy = &self.policy;
        let __nested: __x::NestedRetries = self.nested;
        let __policy = __base.__with_nested(__nested).__with_span(true);
        let __terms = __x::Terms::of(&__policy);
        ",
    );
    assert_shows(
        &retried("_, policy = &self.policy, max = 5, span = true", item),
        "
        let __policy = match __x::Policy::to_builder(__base).__max(__x::Some(5u32)).span(true).try_build() {
            __x::Ok(__policy) => __policy,
            __x::Err(__error) => match <_ as __x::RefusesPolicy>::refused::<>(__error) { ___ },
        };
        ",
    );
}

fn retried(attribute: &str, item: &str) -> String {
    let [attribute, item] = [attribute, item].map(|text| text.parse().expect("valid tokens"));
    crate::retried(attribute, &item).to_string()
}

/// The answer contains all parts between the `___`, in this order.
fn assert_shows(answer: &str, picture: &str) {
    let picture = picture.parse::<TokenStream>().expect("valid tokens").to_string();
    // Spaces between punctuation do not matter.
    let [answer, picture] = [answer, &picture].map(|text| text.replace(' ', ""));
    let mut rest = answer.as_str();
    for part in picture.split("___") {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("`{part}` is not in `{rest}`, of `{answer}`");
        };
        rest = after;
    }
}

/// In an editor, the macro often sees unfinished code. It must still print the function: otherwise
/// the editor cannot complete anything in it.
#[test]
fn keeps_the_function_while_it_is_being_written() {
    let attributes = [
        "",
        "Api",
        "ApiError::",
        "ApiError::Http { st }",
        "ApiError::Http { status: }",
        "ApiError::Http { status } if",
        "e:",
        "e: io::Error",
        "e: io::Error if",
        "e: io::Error if e.",
        "io::Error |",
        "io::Error,",
        "io::Error, d",
        "io::Error, delay",
        "io::Error, max =",
        "io::Error, max = self.",
        "io::Error, delay = Duration::",
        "io::Error, jitter = Jitter::",
        "io::Error, clone()",
        "io::Error, policy = &",
        "io::Error, budget = &self.",
        "when = |error|",
        "when = |error| error.",
        "_, until = |",
        "_, when_ok = |value| value.",
        "_, attempt =",
        "_, on_retry = |retry| retry.",
        "\"\"",
        "NoSuchError",
    ];
    let bodies =
        ["self.client.", "self.client.get(key.)", "let item =", "if key", "match key { Some }", ""];
    let signature =
        "pub(crate) async fn fetch<T: Tr>(&self, key: &str) -> Result<T, ApiError> where T: Send";
    for attribute in attributes {
        for body in bodies {
            let answer = retried(attribute, &format!("{signature} {{ {body} }}"));
            for kept in [signature, body] {
                let kept = kept.parse::<TokenStream>().expect("valid tokens").to_string();
                assert!(answer.contains(&kept), "{attribute}: `{kept}` is not in `{answer}`");
            }
        }
    }
}

/// An editor explains a word of the user by all words of the expansion that have the same place,
/// and navigates to each of them.
#[test]
fn puts_no_words_of_its_own_in_the_place_of_the_users() {
    let functions = [
        "fn fetch(mut key: Key) -> Result<Item, ApiError> { ask(key) }",
        "async fn fetch(&self, mut key: Key) -> std::io::Result<Item> { ask(key).await }",
        "fn fetch(key: Key) -> impl Future<Output = Result<Item, ApiError>> { async move { ask(key) } }",
    ];
    let attributes = [
        "Busy, io::Error, ApiError::Http { status: 500..=599 } | ApiError::Gone(_) if true, e: E if e.f()",
        "Busy, when = is_transient, unless = is_fatal, when_ok = is_busy, until = is_done, hint = retry_after",
        "\"SlowDown\" | \"Throttling\", Status::NOT_FOUND, ApiError::<u8>::Busy, max = MAX, budget = &SHARED",
        "_, on_retry = note, on_give_up = alert, attempt = attempt, clone(key)",
        "Busy, when = |error| error.is_transient(), until = |item| item.is_done(), policy = &POLICY",
        "_, deadline = 10s, max_delay = 2s, span = true, nested = warn, budget = none",
        "_, unless = NotFound | ApiError::Http { .. } | \"Denied\", throttling = e: Limit if e.now()",
        "_, unless = |error: &ApiError| error.is_fatal(), throttling = |e: &Limit| e.now()",
    ];
    let of_async_only = [
        "",
        "timeout = 1s",
        "timeout = 1s, sleep = my_timer",
        "timeout = none",
        "timeout = 1s, timed_out = |timed_out| late(timed_out)",
    ];
    for function in functions {
        for attribute in attributes {
            for more in of_async_only.iter().take(if function.contains("async") { 5 } else { 1 }) {
                let attribute = format!("{attribute}, {more}");
                let [attribute, item] =
                    [&*attribute, function].map(|text| text.parse().expect("valid tokens"));
                let answer = crate::retried(attribute, &item);
                assert!(!answer.to_string().contains("compile_error"), "{answer}");
                check_places(answer);
            }
        }
    }
}

fn check_places(tokens: TokenStream) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => check_places(group.stream()),
            TokenTree::Ident(word) => {
                // A word that the expansion has not placed has no source. `async` and `_` have no
                // definition; a key leads to the type of its value, a code to its comparison, an
                // argument to the check whether it is there for the next attempt.
                let source = word.span().source_text().unwrap_or_default();
                let leads_nowhere =
                    matches!(&*word.to_string(), "async" | "_" | "__in_every_attempt");
                let is_of_key = KeyName::new(&source).is_some();
                let is_literal = source.starts_with('"');
                let is_free = source.is_empty() || leads_nowhere || is_of_key || is_literal;
                assert!(is_free || word == source, "`{word}` is in the place of `{source}`");
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[test]
fn documents_the_retries_of_a_documented_function() {
    let function = "fn fetch() -> Result<Item, ApiError> { ask() }";
    let answer = retried(
        "ApiError::Busy, max = 5, delay = MINE, max_delay = 2min, unless = is_fatal",
        &format!("#[doc = \"Fetches.\"] {function}"),
    );
    assert!(
        answer.contains(
            "# Retries\\n\\nCalled again on `ApiError::Busy` (but never if `is_fatal` is true). At most 5 calls; \
             `delay` `MINE`; `max_delay` 120s."
        ),
        "{answer}"
    );
    let answer =
        retried("_, unless = Gone | io::Error", &format!("#[doc = \"Fetches.\"] {function}"));
    assert!(answer.contains("every error (but never on `Gone | io::Error`)"), "{answer}");
    let answer = retried("A, B, timeout = 1s", &format!("#[doc = \"Fetches.\"] async {function}"));
    assert!(
        answer.contains(
            "Called again on `A`, `B`, attempts longer than 1s. At most 3 calls: 1 + 2 retries; \
             pauses up to 100 ms, 200 ms; at most 300 ms of waiting."
        ),
        "{answer}"
    );
    let answer = retried("until = is_done", &format!("#[doc = \"Fetches.\"] {function}"));
    assert!(
        answer.contains("Called again on values for which `is_done` is not yet true. At most 3"),
        "{answer}"
    );
    let answer = retried("A, when_ok = is_busy", &format!("#[doc = \"Fetches.\"] {function}"));
    assert!(
        answer.contains("Called again on `A`, values for which `is_busy` is true. At most 3"),
        "{answer}"
    );
    let answer = retried("A, policy = &SLOW", &format!("#[doc = \"Fetches.\"] {function}"));
    assert!(answer.contains("Called again on `A`. The policy is `&SLOW`."), "{answer}");
    let answer = retried("_, max = 1", &format!("#[doc = \"Fetches.\"] {function}"));
    assert!(
        answer.contains("Called again on every error. At most 1 call: no retries."),
        "{answer}"
    );
    assert!(!retried("_", function).contains("Retries"));
}

/// Another attribute may have inserted a statement before the expansion of this one.
#[test]
fn finds_its_own_expansion_after_another_statement() {
    let item = "fn fetch() -> Result<Item, ApiError> { ask() }";
    let expanded = retried("Busy", item).replacen("use ::", "let _started = now(); use ::", 1);
    let answer = retried("Gone", &expanded);
    assert!(answer.contains("under another name"), "{answer}");
}

#[test]
fn asks_an_error_for_its_code_once() {
    let item = "fn fetch() -> Result<Item, ApiError> { ask() }";
    let answer = retried(r#""SlowDown", "Throttling""#, item);
    assert_eq!(answer.matches("Coded :: new").count(), 1, "{answer}");
}

#[test]
fn reports_all_mistakes_at_once() {
    let attribute = "Busy, retries = 3, delay = 5, jitter = ful, clone(key)";
    let item = "async fn fetch() -> Result<Item, ApiError> { ask().await }";
    let answer = retried(attribute, item);
    assert_eq!(answer.matches("compile_error").count(), 4, "{answer}");
}

#[test]
fn every_example_of_a_key_is_accepted() {
    let item = "async fn fetch() -> Result<Item, ApiError> { ask().await }";
    for key in KeyName::ALL {
        let (key, example) = (key.as_str(), key.example());
        let answer = retried(&format!("_, {key} = {example}"), item);
        // `_` matches all that `when` could add.
        let answer = match key {
            "when" => retried("when = is_transient", item),
            // Something has to be cut.
            "timed_out" => retried(&format!("_, deadline = 10s, timed_out = {example}"), item),
            _ => answer,
        };
        assert!(!answer.contains("compile_error"), "{key} = {example}: {answer}");
    }
}

/// The first and the last column of the table *Keys* in the reference.
fn reference() -> Vec<(&'static str, &'static str)> {
    let (_, section) = include_str!("../../retry-runtime/src/retry_on.md")
        .split_once("\n# Keys\n")
        .expect("a section *Keys*");
    let rows = section.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|row| {
            let row = row.trim_matches(['|', ' ']);
            let (key, row) = row.split_once(" | ").expect("a first column");
            let (_, default) = row.rsplit_once(" | ").expect("a last column");
            (key.trim_matches('`'), default)
        })
        .collect()
}

#[test]
fn the_reference_lists_the_keys_in_the_order_of_the_table() {
    let documented = reference().into_iter().map(|(key, _)| key);
    let documented: Vec<&str> = documented.filter(|key| *key != "clone(a, b)").collect();
    let keys: Vec<&str> = KeyName::ALL.iter().map(|key| key.as_str()).collect();
    assert_eq!(documented, keys);
}

#[test]
fn the_reference_names_the_defaults() {
    let default = Known::DEFAULT;
    let reference = reference();
    for (name, expected) in [
        ("max", "`3`; no limit if there is a `deadline`".to_owned()),
        ("delay", format!("`\"{:?}\"`", default.delay)),
        ("factor", format!("`{}`", default.factor)),
        ("max_delay", format!("`\"{:?}\"`, or `delay` if longer", default.max_delay)),
        ("max_hint", "`\"60s\"`".to_owned()),
        ("jitter", format!("`{:?}`", default.jitter).to_lowercase()),
    ] {
        let documented = reference.iter().find(|(key, _)| *key == name);
        assert_eq!(documented, Some(&(name, expected.as_str())));
    }
}

#[test]
fn every_key_can_be_forgotten_or_given_twice() {
    let item = "async fn fetch() -> Result<Item, ApiError> { ask().await }";
    for key in KeyName::ALL {
        let (key, example) = (key.as_str(), key.example());
        let answer = retried(&format!("_, {key} = {example}, {key} = {example}"), item);
        assert!(answer.contains(&format!("`{key}` is given twice")), "{answer}");
        for without_value in [format!("_, {key} ="), format!("_, {key}")] {
            let answer = retried(&without_value, item);
            let expected = format!("`{key}` has no value: ");
            assert!(answer.contains(&expected), "{without_value}: {answer}");
        }
    }
}
