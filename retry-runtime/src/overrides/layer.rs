//! Settings by name from one source: a file, the environment or code.

use std::collections::BTreeMap;

use serde::Deserialize;
use wildmatch::WildMatch;

use super::errors::OverridesError;
use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;

/// Settings by name, from one source.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    /// The switch for all functions.
    pub(super) enabled: Option<bool>,
    /// By the text of their patterns.
    pub(super) rules: BTreeMap<String, Rule>,
    /// The name of the source, as in logs.
    pub(super) source: String,
}

/// Settings for the sites that the pattern matches.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) settings: PolicyBuilder,
}

/// A name, or a pattern with `*` for any characters and `?` for one.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    glob: WildMatch,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), glob: WildMatch::new(text) }
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        self.glob.matches(name)
    }

    /// Whether it is a name, and no pattern.
    pub(super) fn is_a_name(&self) -> bool {
        !self.text.contains(['*', '?'])
    }

    /// A name is more specific than a pattern; more literal characters are more specific than fewer.
    pub(super) fn specificity(&self) -> (bool, usize) {
        let literals = self.text.chars().filter(|letter| !matches!(letter, '*' | '?')).count();
        (self.is_a_name(), literals)
    }
}

impl Layer {
    /// Parses a TOML file: a table for each name or pattern, and `enabled` for all.
    pub(super) fn from_toml(text: &str, source: &str) -> Result<Self, OverridesError> {
        let malformed = |error: &dyn std::fmt::Display| OverridesError::Malformed {
            origin: source.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        };
        let table: toml::Table = toml::from_str(text).map_err(|error| {
            // Without the line itself: of a wrong file it could be a secret.
            let at = error.span().map_or(String::new(), |span| place(text, span.start));
            let is_name_bare = error.message().contains("unquoted key") && text.contains("::");
            let advice = if is_name_bare { UNQUOTED } else { "" };
            malformed(&format!("{at}{}{advice}", error.message()))
        })?;
        let mut layer = Self { source: source.to_owned(), ..Self::default() };
        for (key, value) in table {
            match value {
                toml::Value::Table(table) => {
                    let settings = settings(table)
                        .map_err(|message| malformed(&format!("[{key:?}]: {message}")))?;
                    layer.add(&key, settings)?;
                }
                toml::Value::Boolean(enabled) if key == "enabled" => layer.enabled = Some(enabled),
                _ if key == "enabled" => {
                    return Err(malformed(&"`enabled` is `true` or `false`, without quotes"));
                }
                _ => {
                    return Err(malformed(&format!(
                        "`{key}` is not a table: write settings below the name of a function or a \
                         pattern, such as [\"orders::*\"]; for all functions, write `enabled`, \
                         `true` or `false`"
                    )));
                }
            }
        }
        Ok(layer)
    }

    /// Parses `off`, `on`, or `orders::*(max = 5, delay = 200ms); search::find(enabled = false)`.
    pub(super) fn from_variable(text: &str, source: &str) -> Result<Self, OverridesError> {
        let malformed =
            |message: String| OverridesError::Malformed { origin: source.to_owned(), message };
        let mut layer = Self { source: source.to_owned(), ..Self::default() };
        for rule in text.split(';').map(str::trim).filter(|rule| !rule.is_empty()) {
            let switch = match rule.to_ascii_lowercase().as_str() {
                "off" | "false" | "0" => Some(false),
                "on" | "true" | "1" => Some(true),
                _ => None,
            };
            if let Some(is_on) = switch {
                if layer.enabled.replace(is_on).is_some() {
                    return Err(malformed("`off` or `on` is set twice".to_owned()));
                }
                continue;
            }
            let (name, settings) = rule
                .strip_suffix(')')
                .and_then(|rule| rule.split_once('('))
                .map(|(name, settings)| (name.trim(), settings))
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| {
                    malformed(format!(
                        "`{rule}` is not `off`, `on` or a rule, such as \
                         `orders::*(max = 5, delay = 200ms)`"
                    ))
                })?;
            let settings = assignments(settings)
                .and_then(self::settings)
                .map_err(|message| malformed(format!("{name}: {message}")))?;
            if layer.rules.contains_key(name) {
                return Err(malformed(format!("`{name}` is set twice")));
            }
            layer.add(name, settings)?;
        }
        Ok(layer)
    }

    /// Adds a rule. It replaces an earlier one for the same pattern.
    pub(super) fn add(
        &mut self,
        pattern: &str,
        settings: PolicyBuilder,
    ) -> Result<(), OverridesError> {
        check(pattern, &settings, &self.source)?;
        self.rules.insert(pattern.to_owned(), Rule { pattern: Pattern::new(pattern), settings });
        Ok(())
    }
}

/// Advice for a file with a name that is not quoted.
const UNQUOTED: &str = " (write the name of a function in quotes: [\"orders::fetch\"])";

/// The line and the column of a byte, for people.
fn place(text: &str, byte: usize) -> String {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("line {line}, column {column}: ")
}

/// Reads one setting after the other, so that an error contains its key.
fn settings(table: toml::Table) -> Result<PolicyBuilder, String> {
    let mut settings = Policy::builder();
    for (key, value) in table {
        if value.is_table() {
            return Err(format!("`{key}` is a table, not a setting{UNQUOTED}"));
        }
        let one = toml::Table::from_iter([(key.clone(), value)]);
        let one = PolicyBuilder::deserialize(one).map_err(|error| {
            let message = error.message().to_owned();
            if message.starts_with("unknown field") { message } else { format!("{key}: {message}") }
        })?;
        settings = settings.or(&one);
    }
    Ok(settings)
}

/// Parses `max = 5, delay = 200ms`; quotes around a value are allowed.
fn assignments(text: &str) -> Result<toml::Table, String> {
    let mut table = toml::Table::new();
    for assignment in text.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let (key, value) = assignment
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim()))
            .ok_or_else(|| format!("`{assignment}` has no value: write for example `max = 5`"))?;
        let value = toml::Value::String(value.trim_matches(['"', '\'']).to_owned());
        if table.insert(key.to_owned(), value).is_some() {
            return Err(format!("`{key}` is set twice"));
        }
    }
    Ok(table)
}

/// Checks that some function can have these settings.
fn check(pattern: &str, settings: &PolicyBuilder, origin: &str) -> Result<(), OverridesError> {
    let malformed = |message: &str| OverridesError::Malformed {
        origin: origin.to_owned(),
        message: message.to_owned(),
    };
    if pattern.trim().is_empty() {
        return Err(malformed(
            "settings without the name of a function; for all functions, write `*`",
        ));
    }
    if settings.span.is_some() || settings.timeout.is_some() {
        return Err(malformed(
            "`span` and `timeout` belong to the function: they are known before it is called",
        ));
    }
    // Only those that depend on each other together, because what is missing may come from elsewhere.
    let PolicyBuilder { max, delay, factor, max_delay, jitter, deadline, budget, .. } = *settings;
    let backoff = settings.backoff.clone();
    let nothing = Policy::builder;
    let both = delay.zip(max_delay);
    let (delay, max_delay) = (both.map(|(delay, _)| delay), both.map(|(_, longest)| longest));
    let each = [
        PolicyBuilder { max, budget, ..nothing() },
        PolicyBuilder { factor, backoff, jitter, ..nothing() },
        PolicyBuilder { deadline, ..nothing() },
        PolicyBuilder { delay, max_delay, ..nothing() },
    ];
    for builder in each {
        builder.try_build().map_err(|source| OverridesError::Policy {
            origin: origin.to_owned(),
            pattern: pattern.to_owned(),
            source,
        })?;
    }
    Ok(())
}
