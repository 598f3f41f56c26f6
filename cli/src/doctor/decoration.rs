//! Values with something around them that was not meant to be part of them.

use super::check::{Check, warning};
use crate::environment;
use crate::provider::Provider;

/// Every variable of a provider whose value has quotes around it, or a word before it.
pub fn look_at(provider: Provider) -> Vec<Check> {
    let names = environment::names_beginning_with(&provider.variable(""));
    let names = names.iter().map(|name| name.strip_suffix("_FILE").unwrap_or(name));
    names
        .filter_map(|name| Some(decorated(provider, name, around(&environment::value(name).ok()??)?)))
        .collect()
}

fn decorated(provider: Provider, name: &str, around: &str) -> Check {
    let message = format!("the value of {name} has {around}, which is taken for a part of it");
    let remedy = "take it off, unless it belongs there; env files of containers keep quotes, for example";
    warning(provider, "values", message, remedy)
}

/// What is around a value.
fn around(value: &str) -> Option<&'static str> {
    let is_between = |mark: char| value.len() > 1 && value.starts_with(mark) && value.ends_with(mark);
    if is_between('"') || is_between('\'') {
        return Some("quotes around it");
    }
    let words = [
        ("Bearer ", "the word Bearer before it"),
        ("ApiKey ", "the word ApiKey before it"),
        ("whsec_", "the prefix whsec_ before it"),
    ];
    let found = words.into_iter().find(|(word, _)| value.starts_with(word));
    found.map(|(_, around)| around).or_else(|| (value.trim() != value).then_some("blanks around it"))
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn what_is_around_a_value_is_seen() {
        let cases = [
            ("\"ak_1.2\"", Some("quotes around it")),
            ("'ak_1.2'", Some("quotes around it")),
            ("Bearer ak_1.2", Some("the word Bearer before it")),
            ("whsec_abc", Some("the prefix whsec_ before it")),
            (" ak_1.2", Some("blanks around it")),
            ("ak_1.2", None),
            ("\"", None),
            ("a\"b", None),
        ];
        for (value, expected) in cases {
            assert_eq!(around(value), expected, "{value}");
        }
    }
}
