//! Meta's rules for messages that no schema can say: what must differ, what is counted over several lists.

use std::collections::HashSet;

use serde_json::Value;

use crate::vendors::omnichat::error::MetaError;

/// The most rows of a list, over all its sections.
const ROWS: usize = 10;
/// The most products of a message, over all its sections.
const PRODUCTS: usize = 30;

/// Judges the content of a message of this type; its shape has been judged by then.
///
/// # Errors
/// Meta's first complaint.
pub fn judge(kind: &str, content: &Value) -> Result<(), MetaError> {
    match kind {
        "reaction" => emoji(content["emoji"].as_str().unwrap_or_default()),
        "interactive" => interactive(content),
        _ => Ok(()),
    }
}

fn interactive(content: &Value) -> Result<(), MetaError> {
    let action = &content["action"];
    match content["type"].as_str().unwrap_or_default() {
        "button" => buttons(&action["buttons"]),
        "list" => list(&action["sections"]),
        "product_list" => products(&action["sections"]),
        _ => Ok(()),
    }
}

fn buttons(buttons: &Value) -> Result<(), MetaError> {
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for reply in elements(buttons).map(|button| &button["reply"]) {
        if !ids.insert(&reply["id"]) {
            return Err(invalid(format!(
                "Duplicated button reply id: {}",
                reply["id"]
            )));
        }
        if !titles.insert(&reply["title"]) {
            let title = &reply["title"];
            return Err(invalid(format!("Duplicated button title: {title}")));
        }
    }
    Ok(())
}

fn list(sections: &Value) -> Result<(), MetaError> {
    let rows: Vec<_> = elements(sections)
        .flat_map(|section| elements(&section["rows"]))
        .collect();
    if rows.len() > ROWS {
        let text = format!("Total row count exceed max allowed count: {ROWS}");
        return Err(invalid(text));
    }
    let mut ids = HashSet::new();
    let twice = rows.iter().find(|row| !ids.insert(&row["id"]));
    twice.map_or(Ok(()), |row| {
        Err(invalid(format!("Duplicated row id: {}", row["id"])))
    })
}

fn products(sections: &Value) -> Result<(), MetaError> {
    let items = elements(sections).flat_map(|section| elements(&section["product_items"]));
    if items.count() > PRODUCTS {
        let text = format!("Total product count exceed max allowed count: {PRODUCTS}");
        return Err(invalid(text));
    }
    Ok(())
}

/// Nothing, which takes a reaction back, or one emoji.
fn emoji(text: &str) -> Result<(), MetaError> {
    if text.is_empty() || is_one_emoji(text) {
        Ok(())
    } else {
        Err(invalid(format!("reaction.emoji: {text} is not one emoji")))
    }
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn invalid(details: String) -> MetaError {
    MetaError::ValueInvalid(details)
}

/// Whether a text is one emoji: a picture with what changes it, pictures joined to one, a flag, or a keycap.
fn is_one_emoji(text: &str) -> bool {
    const JOINER: char = '\u{200D}';
    let flag_letter = |letter: char| ('\u{1F1E6}'..='\u{1F1FF}').contains(&letter);
    let letters: Vec<char> = text.chars().collect();
    match letters.as_slice() {
        [one, other] if flag_letter(*one) && flag_letter(*other) => return true,
        ['0'..='9' | '#' | '*', .., '\u{20E3}'] if letters.len() <= 3 => return true,
        _ => {}
    }
    text.split(JOINER).all(|part| {
        let mut letters = part.chars();
        letters.next().is_some_and(is_picture) && letters.all(changes_a_picture)
    })
}

/// Pictures stand far behind all letters but a few that look like letters.
fn is_picture(letter: char) -> bool {
    match letter {
        '©' | '®' | 'ℹ' | 'Ⓜ' | '\u{1F170}'..='\u{1F1E5}' => true,
        '\u{1F200}'.. => !changes_a_picture(letter),
        '\u{203C}'..='\u{32FF}' | '\u{1F000}'..='\u{1F16F}' => {
            !letter.is_alphanumeric() && !changes_a_picture(letter)
        }
        _ => false,
    }
}

/// Variation selectors, skin tones, and the tags of flags of parts of countries.
fn changes_a_picture(letter: char) -> bool {
    matches!(letter, '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_emoji_is_one_picture_however_it_is_made() {
        for one in ["👍", "❤️", "👩‍👩‍👧‍👦", "👍🏽", "🇭🇰", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "©", "㊗️"]
        {
            assert!(is_one_emoji(one), "{one}");
        }
        for other in ["👍👍", "1", "ok", "好", "!", "🇭", "\u{FE0F}", "👍‍"] {
            assert!(!is_one_emoji(other), "{other}");
        }
    }

    #[test]
    fn rows_and_products_are_counted_over_all_sections() {
        let rows = |from: usize, to: usize| -> Vec<Value> {
            (from..to)
                .map(|id| json!({"id": id.to_string(), "title": "t"}))
                .collect()
        };
        let list = |one: Vec<Value>, two: Vec<Value>| json!({"type": "list", "action": {"sections": [{"rows": one}, {"rows": two}]}});
        assert!(judge("interactive", &list(rows(0, 5), rows(5, 10))).is_ok());
        assert!(judge("interactive", &list(rows(0, 5), rows(5, 11))).is_err());
        assert!(judge("interactive", &list(rows(0, 5), rows(4, 6))).is_err());
        let items = |count| vec![json!({"product_retailer_id": "1"}); count];
        let products = |one: usize, two: usize| {
            let sections = json!([{"product_items": items(one)}, {"product_items": items(two)}]);
            json!({"type": "product_list", "action": {"sections": sections}})
        };
        assert!(judge("interactive", &products(15, 15)).is_ok());
        assert!(judge("interactive", &products(15, 16)).is_err());
    }
}
