//! Settings by name from one source: a file, the environment or code.

use serde::Deserialize;
use wildmatch::WildMatch;

use super::errors::OverridesError;
use super::settings::{BudgetSetting, Settings};
use crate::decide::budget::Budget;
use crate::policy::Policy;
#[cfg(feature = "registry")]
use crate::sites::registry;

/// Settings by name, from one source.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    /// The switch for all functions.
    pub(super) enabled: Option<bool>,
    pub(super) rules: Vec<Rule>,
    /// The name of the source, as in logs.
    pub(super) source: String,
}

/// Settings for the sites that the pattern matches.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) settings: Settings,
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

    /// A name is more specific than a pattern; more literal characters are more specific than fewer.
    pub(super) fn specificity(&self) -> (bool, usize) {
        let literals = self.text.chars().filter(|letter| !matches!(letter, '*' | '?')).count();
        (!self.text.contains(['*', '?']), literals)
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
            let is_name_bare = error.message().contains("unquoted key") && text.contains("::");
            let advice = if is_name_bare { UNQUOTED } else { "" };
            malformed(&format!("{}{advice}", error.to_string().trim_end()))
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
            if layer.rules.iter().any(|rule| rule.pattern.text == name) {
                return Err(malformed(format!("`{name}` is set twice")));
            }
            layer.add(name, settings)?;
        }
        Ok(layer)
    }

    /// Adds a rule. It replaces an earlier one for the same pattern.
    pub(super) fn add(&mut self, pattern: &str, settings: Settings) -> Result<(), OverridesError> {
        let pattern = Pattern::new(pattern);
        check(&pattern, &settings, &self.source)?;
        self.rules.retain(|rule| rule.pattern.text != pattern.text);
        self.rules.push(Rule { pattern, settings });
        Ok(())
    }
}

/// Advice for a file with a name that is not quoted.
const UNQUOTED: &str = "\n(write the name of a function in quotes: [\"orders::fetch\"])";

/// Reads one setting after the other, so that an error contains its key.
fn settings(table: toml::Table) -> Result<Settings, String> {
    let mut settings = Settings::new();
    for (key, value) in table {
        if value.is_table() {
            return Err(format!("`{key}` is a table, not a setting{UNQUOTED}"));
        }
        let one = toml::Table::from_iter([(key.clone(), value)]);
        let one = Settings::deserialize(one).map_err(|error| {
            let message = error.message().to_owned();
            if message.starts_with("unknown field") { message } else { format!("{key}: {message}") }
        })?;
        settings = settings.or(&one);
    }
    Ok(settings)
}

/// Parses `max = 5, delay = 200ms`: numbers, `true`, `false`, and text with or without quotes.
fn assignments(text: &str) -> Result<toml::Table, String> {
    let mut table = toml::Table::new();
    for assignment in text.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let (key, value) = assignment
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim()))
            .ok_or_else(|| format!("`{assignment}` has no value: write for example `max = 5`"))?;
        let value = match (value.parse(), value.parse(), value.parse()) {
            (Ok(number), ..) => toml::Value::Integer(number),
            (_, Ok(number), _) => toml::Value::Float(number),
            (.., Ok(switch)) => toml::Value::Boolean(switch),
            _ => toml::Value::String(value.trim_matches(['"', '\'']).to_owned()),
        };
        if table.insert(key.to_owned(), value).is_some() {
            return Err(format!("`{key}` is set twice"));
        }
    }
    Ok(table)
}

/// Checks that some function can have these settings, and that the pattern matches a name.
fn check(pattern: &Pattern, settings: &Settings, origin: &str) -> Result<(), OverridesError> {
    let name = || (origin.to_owned(), pattern.text.clone());
    if pattern.text.trim().is_empty() {
        return Err(OverridesError::Malformed {
            origin: origin.to_owned(),
            message: "settings without the name of a function; for all functions, write `*`"
                .to_owned(),
        });
    }
    // Each one separately, because the others may come from another source.
    let alone = Policy::builder();
    let alone = [
        settings.max.map(|max| alone.max(max)),
        settings.factor.map(|factor| alone.factor(factor)),
        settings.deadline.map(|deadline| alone.deadline(deadline)),
    ];
    for builder in alone.into_iter().flatten() {
        builder.build().map_err(|error| {
            let (origin, pattern) = name();
            OverridesError::Policy { origin, pattern, error }
        })?;
    }
    if let (Some(delay), Some(max_delay)) = (settings.delay, settings.max_delay) {
        Policy::builder().delay(delay).max_delay(max_delay).build().map_err(|error| {
            let (origin, pattern) = name();
            OverridesError::Policy { origin, pattern, error }
        })?;
    }
    if let Some(BudgetSetting::Tokens(tokens)) = settings.budget {
        Budget::builder().capacity(tokens).try_build().map_err(|error| {
            let (origin, pattern) = name();
            OverridesError::Budget { origin, pattern, error }
        })?;
    }
    #[cfg(feature = "registry")]
    {
        let mut known: Vec<_> = registry::known().into_iter().map(|site| site.name).collect();
        if !known.iter().any(|name| pattern.matches(name)) {
            known.dedup();
            let (origin, pattern) = name();
            return Err(OverridesError::Unknown { origin, pattern, known });
        }
    }
    Ok(())
}
