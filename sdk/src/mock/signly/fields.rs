//! The layout of a template: where its fields are, in one of two generations.

use super::refusal::Refusal;
use crate::signly::{TemplateField, TemplateFieldType};
use serde_json::Value;
use std::collections::HashSet;

/// Accepts a layout if every field of it is whole: its name is there once, its code is that of its type, and its place is
/// said in one of the two ways.
pub(super) fn check(fields: &[TemplateField]) -> Result<(), Refusal> {
    let mut names = HashSet::new();
    for field in fields {
        let name = field.field_name.as_deref().filter(|name| !name.is_empty());
        if !name.is_some_and(|name| names.insert(name)) {
            return Err(Refusal::invalid("fieldName", "missing, or there twice"));
        }
        let expected = field.field_type.as_ref().and_then(code);
        if expected.is_none() || field.field_code.as_deref() != expected {
            return Err(Refusal::invalid("fieldCode", "not the code of a known fieldType"));
        }
        check_places(field)?;
    }
    Ok(())
}

fn check_places(field: &TemplateField) -> Result<(), Refusal> {
    let own = [&field.page, &field.x, &field.y, &field.width, &field.height];
    let Some(placements) = &field.placements else {
        return check_numbers(own);
    };
    if placements.is_empty() || own.into_iter().any(Option::is_some) {
        return Err(Refusal::invalid("placements", "empty, or beside a place of the field itself"));
    }
    placements
        .iter()
        .try_for_each(|place| check_numbers([&place.page, &place.x, &place.y, &place.width, &place.height]))
}

/// The page is a whole number from 1, the others have two decimals.
fn check_numbers([page, others @ ..]: [&Option<String>; 5]) -> Result<(), Refusal> {
    let is_page = page.as_ref().and_then(|page| page.parse::<u32>().ok()).is_some_and(|page| page >= 1);
    let has_decimals = |text: &String| {
        let decimals = text.split_once('.').map(|(_, decimals)| decimals.len());
        decimals == Some(2) && text.parse::<f64>().is_ok_and(|number| number >= 0.0)
    };
    if is_page && others.into_iter().all(|number| number.as_ref().is_some_and(has_decimals)) {
        Ok(())
    } else {
        Err(Refusal::invalid("page", "no place of a field: page, x, y, width and height, as text"))
    }
}

fn code(field_type: &TemplateFieldType) -> Option<&'static str> {
    match field_type {
        TemplateFieldType::Text => Some("1"),
        TemplateFieldType::Number => Some("2"),
        TemplateFieldType::Sign => Some("3"),
        TemplateFieldType::Img => Some("4"),
        TemplateFieldType::Unknown(_) => None,
    }
}

/// The layout as it is answered.
pub(super) fn json(fields: &[TemplateField], wrapped: bool) -> Value {
    let fields = serde_json::to_value(fields).unwrap_or_default();
    if wrapped { serde_json::json!({ "fields": fields }) } else { fields }
}
