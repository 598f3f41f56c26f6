//! The providers, as they are named on the command line.

use clap::ValueEnum;
use countersign::{Operation, faireplace, leap, legalesign, sign8, signly};
use serde::Serialize;

/// A provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Faireplace,
    Leap,
    Legalesign,
    Sign8,
    Signly,
}

impl Provider {
    pub const ALL: [Self; 5] = [Self::Faireplace, Self::Leap, Self::Legalesign, Self::Sign8, Self::Signly];

    /// As on the command line, and in front of dedupe keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Faireplace => "faireplace",
            Self::Leap => "leap",
            Self::Legalesign => "legalesign",
            Self::Sign8 => "sign8",
            Self::Signly => "signly",
        }
    }

    /// As people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Faireplace => "FairePlace",
            Self::Leap => "Documill Leap",
            Self::Legalesign => "Legalesign",
            Self::Sign8 => "SIGN8",
            Self::Signly => "Signly",
        }
    }

    /// The full name of a variable of this provider.
    pub fn variable(self, name: &str) -> String {
        format!("{}_{name}", self.name().to_uppercase())
    }

    /// What the SDK can call, interface by interface.
    pub fn operations(self) -> Vec<&'static Operation> {
        let tables: &[&'static [&'static Operation]] = match self {
            Self::Faireplace => &[faireplace::signatures::OPERATIONS, faireplace::workers::OPERATIONS],
            Self::Leap => &[leap::OPERATIONS],
            Self::Legalesign => &[legalesign::OPERATIONS],
            Self::Sign8 => &[sign8::OPERATIONS],
            Self::Signly => &[signly::OPERATIONS],
        };
        tables.iter().flat_map(|table| table.iter().copied()).collect()
    }
}
