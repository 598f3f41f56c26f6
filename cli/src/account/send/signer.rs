//! Somebody who signs, as given on the command line.

use crate::failure::Failure;
use std::str::FromStr;

/// `Name <mail>`, or a mail address alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    pub name: Option<String>,
    pub mail: String,
}

const FORM: &str = "write \"Ada Lovelace <ada@example.com>\"";

impl FromStr for Signer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |problem: &str| Err(format!("{problem}; {FORM}"));
        let text = text.trim();
        let (name, mail) = match (text.split_once('<'), text.strip_suffix('>')) {
            (Some((name, mail)), Some(_)) => (name.trim(), mail.trim_end_matches('>').trim()),
            (Some(_), None) => return wrong("there is no `>` at its end"),
            (None, Some(_)) => return wrong("there is a `>` and no `<`"),
            (None, None) => ("", text),
        };
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name).trim();
        if name.chars().any(|letter| letter.is_control() || letter == '>') {
            return wrong("the name has a character that no name has");
        }
        let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter);
        match mail.split_once('@') {
            None => return wrong("there is no mail address in it"),
            Some((local, domain)) if local.is_empty() || domain.is_empty() || domain.contains('@') => {
                return wrong("the mail address has to have one `@`, with something on both sides");
            }
            Some(_) if mail.contains(odd) => return wrong("the mail address has a character that none has"),
            Some(_) => {}
        }
        Ok(Self { name: (!name.is_empty()).then(|| name.to_owned()), mail: mail.to_owned() })
    }
}

impl Signer {
    /// The last word is the last name, everything before it the first name.
    pub fn first_and_last_name(&self) -> Option<(&str, &str)> {
        let (first, last) = self.name.as_deref()?.rsplit_once(char::is_whitespace)?;
        Some((first.trim_end(), last))
    }
}

/// Refuses the same person twice: they would be written to twice.
pub fn all_different(signers: &[Signer]) -> Result<(), Failure> {
    for (place, signer) in signers.iter().enumerate() {
        let is_same = |other: &Signer| other.mail.eq_ignore_ascii_case(&signer.mail);
        if signers.iter().take(place).any(is_same) {
            return Err(Failure::usage(format!(
                "{} is a --signer twice; name each signer once",
                signer.mail
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Signer, all_different};

    fn signer(text: &str) -> Result<Signer, String> {
        text.parse()
    }

    #[test]
    fn a_name_and_a_mail_address() {
        let cases = [
            ("Ada Lovelace <ada@example.com>", Some("Ada Lovelace")),
            ("  Ada Lovelace<ada@example.com> ", Some("Ada Lovelace")),
            ("\"Ada Lovelace\" <ada@example.com>", Some("Ada Lovelace")),
            ("<ada@example.com>", None),
            ("ada@example.com", None),
        ];
        for (text, name) in cases {
            let expected = Signer { name: name.map(str::to_owned), mail: "ada@example.com".into() };
            assert_eq!(signer(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn whatever_else_is_refused_with_what_would_be_right() {
        let cases = [
            ("Ada Lovelace", "no mail address"),
            ("", "no mail address"),
            ("Ada <ada@example.com", "no `>`"),
            ("Ada ada@example.com>", "no `<`"),
            ("Ada <ada.example.com>", "no mail address"),
            ("Ada <@example.com>", "on both sides"),
            ("Ada <ada@>", "on both sides"),
            ("Ada <ada@@example.com>", "on both sides"),
            ("Ada ada@example.com", "a character that none has"),
            ("ada@example.com,bob@example.com", "on both sides"),
            ("Ada <a@b> <ada@example.com>", "on both sides"),
            ("Ada > <ada@example.com>", "a character that no name has"),
        ];
        for (text, problem) in cases {
            let refused = signer(text).map(|signer| signer.mail).err().unwrap_or_default();
            assert!(refused.contains(problem) && refused.contains("<ada@example.com>"), "{text}: {refused}");
        }
    }

    #[test]
    fn the_last_word_is_the_last_name() {
        let cases = [
            ("Ada Lovelace <a@b>", Some(("Ada", "Lovelace"))),
            ("Ada King  Lovelace <a@b>", Some(("Ada King", "Lovelace"))),
            ("Ada <a@b>", None),
            ("a@b", None),
        ];
        for (text, expected) in cases {
            let parsed = signer(text).ok();
            assert_eq!(parsed.as_ref().and_then(Signer::first_and_last_name), expected, "{text}");
        }
    }

    #[test]
    fn nobody_signs_twice() {
        let signers = ["a@example.com", "b@example.com", "A@EXAMPLE.COM"].map(|mail| signer(mail).ok());
        let signers = signers.into_iter().flatten().collect::<Vec<_>>();
        assert!(all_different(signers.get(..2).unwrap_or_default()).is_ok());
        assert!(all_different(&signers).is_err());
    }
}
