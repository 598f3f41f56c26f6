//! The sources that a document names by tags, and the page that documentation links them to.

use super::document::text;
use super::types::escape;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// The way to the page from the modules of types and calls.
pub const BESIDE: &str = "super::sources";

/// A source: its tag, and its text as `info.description` has it.
pub struct Source {
    pub tag: String,
    text: Vec<String>,
}

/// The items of `info.description` that begin with a tag, as in "- `L1`: the reference".
pub fn read(document: &Value) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    let mut is_open = false;
    for line in document.get("info").and_then(|info| text(info, "description")).unwrap_or_default().lines() {
        let item = line.trim_start().strip_prefix("- `").and_then(|rest| rest.split_once("`: "));
        if let Some((tag, text)) =
            item.filter(|(tag, _)| tag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        {
            sources.push(Source { tag: tag.to_owned(), text: vec![escape(text)] });
            is_open = true;
        } else if let Some(source) = sources.last_mut().filter(|_| is_open && line.starts_with("  ")) {
            source.text.push(escape(line));
        } else {
            is_open = false;
        }
    }
    sources
}

/// A tag as a link to the page. `module` leads to where the page is.
pub fn link(module: &str, tag: &str) -> String {
    format!("\\[[{tag}]({module}#{})\\]", tag.to_ascii_lowercase())
}

/// The page, with a heading for each tag.
pub fn page(sources: &[Source]) -> TokenStream {
    let mut lines = vec!["The sources that documentation names by their tags.".to_owned()];
    for Source { tag, text } in sources {
        lines.extend([String::new(), format!("# {tag}"), String::new()]);
        lines.extend(text.iter().cloned());
    }
    quote! {
        #(#[doc = #lines])*
        pub mod sources {}
    }
}

#[cfg(test)]
mod tests {
    use super::{link, page, read};
    use serde_json::json;

    #[test]
    fn tags_are_read_with_their_texts() {
        let description = "Notes.\n\nSources:\n\n- `L1`: the reference,\n  <https://notes.example>\n- `L6b`: more [1]\n\n- not one\n";
        let sources = read(&json!({ "info": { "description": description } }));
        let found = sources.iter().map(|source| (source.tag.as_str(), source.text.join("|")));
        assert_eq!(
            found.collect::<Vec<_>>(),
            [("L1", "the reference,|<https://notes.example>".to_owned()), ("L6b", "more \\[1\\]".to_owned())]
        );
        assert!(page(&sources).to_string().contains("\"# L6b\""));
        assert_eq!(link("super::sources", "L6b"), "\\[[L6b](super::sources#l6b)\\]");
        assert!(read(&json!({})).is_empty());
    }
}
