//! What a service says is neither markup nor a leak: secrets are masked, and texts stay texts.

use std::collections::BTreeSet;

use proptest::prelude::*;
use pulldown_cmark::{Event as Piece, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::*;

#[retry_on(
    Fault,
    max = 2,
    jitter = none,
    budget = none,
    name = "hostile::fetch",
    on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()),
)]
fn hostile(told: &Told, fault: &Fault) -> Result<u32, Fault> {
    Err(fault.clone())
}

#[test]
fn masks_secrets_wherever_they_stand() {
    const SECRETS: [&str; 6] = [
        "hunter2",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "0123-abcd",
        "two words",
    ];
    let case = case(|told| {
        let fault = Fault {
            text: "https://me:hunter2@host AKIAIOSFODNN7EXAMPLE \
                   wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY {\"password\": \"two words\"}"
                .to_owned(),
            code: Some("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln".to_owned()),
            request_id: Some("id?api_key=0123-abcd".to_owned()),
        };
        hostile(told, &fault)
    });
    for shown in [case.to_string(), json(&case).to_string(), format!("{case:?}")] {
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
    assert_eq!(case.code(), Some("Bearer [masked]"));
    assert_eq!(case.request_ids(), ["id?api_key=[masked]"]);
    assert_eq!(
        json(&case)["error"],
        "https://[masked]@host [masked] [masked] {\"password\": \"[masked]\"}"
    );
}

#[test]
fn bounds_every_text() {
    let long = |letter: &str| letter.repeat(10_000);
    let case = case(|told| {
        // A secret over the end of what is shown.
        let text = format!("{}{}", "ä ".repeat(990), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let fault = Fault {
            text: format!("{text} {}", long("x ")),
            code: Some(long("C")),
            request_id: Some(long("i")),
        };
        hostile(told, &fault)
    });
    let value = json(&case);
    for text in [&value["error"], &value["code"], &value["request_ids"][0]] {
        let text = text.as_str().unwrap();
        assert_eq!((text.chars().count(), text.ends_with('…')), (2_001, true), "{text}");
    }
    assert!(!value["error"].as_str().unwrap().contains("wJalr"));
    assert!(value["error"].as_str().unwrap().contains("[masked] x x"));
    assert!(case.to_string().len() < 40_000);
}

/// The end of the kept text moves up when a long secret before it is masked.
#[test]
fn shows_no_half_of_a_secret_behind_a_long_one() {
    let case = case(|told| {
        let text = format!("password={} {}", "p".repeat(3_500), "x ".repeat(235));
        let fault = Fault {
            text: format!("{text}wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ..Fault::default()
        };
        hostile(told, &fault)
    });
    assert!(case.error().starts_with("password=[masked] x x"), "{}", case.error());
    assert!(!case.error().contains("wJalr"), "{}", case.error());
}

#[test]
fn masks_a_literal_of_the_attribute() {
    #[retry_on(
        Fault,
        when = |fault| { let password = "hunter2"; fault.text != password },
        max = 1,
        on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()),
    )]
    fn fetch(told: &Told) -> Result<u32, Fault> {
        Err(fault(1))
    }

    let text = case(fetch).to_string();
    assert!(text.contains("password = \"[masked]\"") && !text.contains("hunter2"), "{text}");
}

/// What a reader of the Markdown sees of its structure.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    headings: Vec<(HeadingLevel, String)>,
    rows: usize,
    items: usize,
    /// Whatever else there is, by its kind.
    kinds: BTreeSet<String>,
}

fn shape(markdown: &str) -> Shape {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH;
    let mut shape = Shape::default();
    let mut heading: Option<String> = None;
    for piece in Parser::new_ext(markdown, options) {
        match piece {
            Piece::Start(tag) => {
                match &tag {
                    Tag::Heading { .. } => heading = Some(String::new()),
                    Tag::TableRow => shape.rows += 1,
                    Tag::Item => shape.items += 1,
                    _ => {}
                }
                let kind = format!("{tag:?}");
                shape.kinds.insert(kind.split([' ', '(']).next().unwrap_or_default().to_owned());
            }
            Piece::End(TagEnd::Heading(level)) => {
                shape.headings.push((level, heading.take().unwrap_or_default()));
            }
            Piece::Text(text) | Piece::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Piece::End(_) | Piece::SoftBreak => {}
            other => {
                shape.kinds.insert(format!("{other:?}"));
            }
        }
    }
    shape
}

/// The headings but the first, the rows and the items are those of a harmless error.
fn assert_harmless(fault: &Fault) {
    let harmless = Fault {
        text: "busy".to_owned(),
        code: fault.code.is_some().then(|| "InternalError".to_owned()),
        request_id: fault.request_id.is_some().then(|| "id".to_owned()),
    };
    let markdown = case(|told| hostile(told, fault)).to_string();
    let mut seen = shape(&markdown);
    let mut expected = shape(&case(|told| hostile(told, &harmless)).to_string());
    assert_eq!(seen.headings.len(), 4, "{markdown}");
    let title = seen.headings.remove(0).1;
    assert!(title.ends_with(" ended the call"), "{title:?}: {markdown}");
    expected.headings.remove(0);
    if fault.text.trim().is_empty() {
        expected.items = seen.items;
    }
    assert_eq!(seen, expected, "{markdown}");
}

#[test]
fn no_text_of_an_error_can_break_out() {
    for text in [
        "| a | b |\n|---|---|\n| c | d |",
        "\n# heading\n",
        "heading\n===\n",
        "- - -",
        "---",
        "    code",
        "```rust\n",
        "~~~",
        "1. one\n2. two",
        "+ a",
        "- [ ] task",
        "> quoted",
        "<script>alert(1)</script>",
        "<!--",
        "&lt;b&gt; &#35;",
        "[link](https://example.com)",
        "![image](https://example.com/x.png)",
        "[^1]: note",
        "[a]: https://example.com",
        "<https://example.com>",
        "*a* _b_ **c** ~~d~~ `e` $f$ $$g$$",
        "ends with \\",
        "\\| \\` ``` ` |",
        "\u{2028}# a\u{85}# b\r# c\u{b}",
        "`|`|`",
        "</code></td></tr></table>",
        "@everyone https://example.com www.example.com a@example.com #123 GH-1 org/repo#1",
        "` ends the code `` and ``` again",
        "`",
        "``",
        " ` ",
        "`@everyone`",
        "a `` [x](y) `` <img src=x>",
    ] {
        let fault = |text: &str| Some(text.to_owned());
        assert_harmless(&Fault { text: text.to_owned(), ..Fault::default() });
        assert_harmless(&Fault {
            text: text.to_owned(),
            code: fault(text),
            request_id: fault(text),
        });
    }
}

/// A mention, an address or an image is live only outside of code.
#[test]
fn nothing_in_the_text_of_an_error_is_live() {
    const LIVE: &str = "@everyone ` https://example.com ``` <img src=x> [x](y) #123 ` `` www.x.de";
    let fault = Fault {
        text: LIVE.to_owned(),
        code: Some(LIVE.to_owned()),
        request_id: Some(format!("{LIVE} | `")),
    };
    let markdown = case(|told| hostile(told, &fault)).to_string();
    let mut seen = 0;
    for piece in Parser::new_ext(&markdown, Options::all()) {
        match piece {
            Piece::Code(text) if text.contains("@everyone") => {
                assert!(text.starts_with(LIVE), "{text}");
                seen += 1;
            }
            Piece::Text(text) => {
                assert!(
                    !["@", "://", "<img", "#123", "www"].iter().any(|it| text.contains(it)),
                    "{text}"
                );
            }
            _ => {}
        }
    }
    // The title; code, message and request id; code and request id of two attempts; the message.
    assert_eq!(seen, 9, "{markdown}");
}

/// It reads as it was written, also where it looks like Markdown.
#[test]
fn the_text_of_an_error_is_shown_as_it_is() {
    const TEXT: &str = "a | b * c _d_ `e` <f> [g](h) # & &amp; ~~i~~ $j$ \\k \\| \\&lt; end";
    let fault = Fault { text: TEXT.to_owned(), ..Fault::default() };
    let markdown = case(|told| hostile(told, &fault)).to_string();
    let mut page = String::new();
    html::push_html(&mut page, Parser::new_ext(&markdown, Options::all()));
    let escaped = TEXT.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    assert_eq!(page.matches(&escaped).count(), 2, "{page}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_error_says_the_page_has_the_same_shape(
        text in any::<String>(),
        code in proptest::option::of("[ -~\u{a0}-\u{ff}\n|`]{1,20}"),
        request_id in proptest::option::of(any::<String>().prop_filter("empty", |id| !id.is_empty())),
    ) {
        assert_harmless(&Fault { text, code, request_id });
    }

    /// Markdown's own letters are rare among all of Unicode.
    #[test]
    fn whatever_markdown_the_error_says_the_page_has_the_same_shape(
        text in "[-\\\\`*_{}\\[\\]()#+.!|<>~=$&:;^\"' \t\r\na1]{0,60}",
        code in proptest::option::of("[-\\\\`*_\\[\\]()#|<>~=$& \na1]{1,20}"),
        request_id in proptest::option::of("[-\\\\`*_\\[\\]()#|<>~=$& \na1]{1,20}"),
    ) {
        assert_harmless(&Fault { text, code, request_id });
    }
}
