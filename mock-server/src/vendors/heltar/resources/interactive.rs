//! Interactive messages: what Meta takes, and which products a catalogue has.

use std::collections::HashSet;

use serde_json::Value;

use super::meta::{Fault, Upstream};
use crate::vendors::heltar::state::Catalogue;

/// The most buttons, sections, rows in a section, and products of one message.
const BUTTONS: usize = 3;
const SECTIONS: usize = 10;
const ROWS: usize = 10;
const PRODUCTS: usize = 30;

/// Judges what is to be sent, and leaves out products that the catalogue does not have.
///
/// # Errors
/// When Meta would not take it, with the first reason.
pub fn accept(mut interactive: Value, catalogue: &Catalogue) -> Result<Value, Fault> {
    let action = &interactive["action"];
    match interactive["type"].as_str().unwrap_or_default() {
        "button" => buttons(action)?,
        "list" => list(action)?,
        "cta_url" => {
            named(action, "cta_url")?;
            text(
                &action["parameters"]["display_text"],
                "action.parameters.display_text",
                20,
            )?;
            text(&action["parameters"]["url"], "action.parameters.url", 2000)?;
        }
        "address_message" => {
            named(action, "address_message")?;
            text(
                &action["parameters"]["country"],
                "action.parameters.country",
                2,
            )?;
        }
        "location_request_message" => {
            named(action, "send_location")?;
            text(&interactive["body"]["text"], "body.text", 1024)?;
        }
        "catalog_message" => {
            named(action, "catalog_message")?;
            text(&interactive["body"]["text"], "body.text", 1024)?;
        }
        "product" => {
            text(&action["catalog_id"], "action.catalog_id", 256)?;
            text(
                &action["product_retailer_id"],
                "action.product_retailer_id",
                256,
            )?;
            if !has(
                catalogue,
                &action["catalog_id"],
                &action["product_retailer_id"],
            ) {
                return Err(no_products());
            }
        }
        "product_list" => product_list(&mut interactive, catalogue)?,
        // Flows, carousels and contact requests are passed on as they are.
        _ => {}
    }
    Ok(interactive)
}

fn buttons(action: &Value) -> Result<(), Fault> {
    let buttons = array(&action["buttons"], "action.buttons", BUTTONS)?;
    let mut ids = HashSet::new();
    let mut titles = HashSet::new();
    for button in buttons {
        let id = text(&button["reply"]["id"], "button id", 256)?;
        let title = text(&button["reply"]["title"], "button title", 20)?;
        if !ids.insert(id) || !titles.insert(title) {
            return Err(invalid(format!("button {id} is there twice")));
        }
    }
    Ok(())
}

fn list(action: &Value) -> Result<(), Fault> {
    text(&action["button"], "action.button", 20)?;
    let sections = array(&action["sections"], "action.sections", SECTIONS)?;
    let mut ids = HashSet::new();
    for section in sections {
        if sections.len() > 1 {
            text(&section["title"], "section title", 24)?;
        }
        for row in array(&section["rows"], "section rows", ROWS)? {
            let id = text(&row["id"], "row id", 200)?;
            text(&row["title"], "row title", 24)?;
            if !ids.insert(id) {
                return Err(invalid(format!("row id {id} is there twice")));
            }
        }
    }
    Ok(())
}

fn product_list(interactive: &mut Value, catalogue: &Catalogue) -> Result<(), Fault> {
    text(&interactive["header"]["text"], "header.text", 60)?;
    text(
        &interactive["action"]["catalog_id"],
        "action.catalog_id",
        256,
    )?;
    let sections = array(
        &interactive["action"]["sections"],
        "action.sections",
        SECTIONS,
    )?;
    let products: usize = sections
        .iter()
        .filter_map(|section| section["product_items"].as_array())
        .map(Vec::len)
        .sum();
    if products > PRODUCTS {
        return Err(invalid(format!(
            "at most {PRODUCTS} products are allowed, {products} were given"
        )));
    }
    let catalog_id = interactive["action"]["catalog_id"].clone();
    let Some(sections) = interactive["action"]["sections"].as_array_mut() else {
        return Err(no_products());
    };
    for section in sections.iter_mut() {
        if let Some(items) = section["product_items"].as_array_mut() {
            items.retain(|item| has(catalogue, &catalog_id, &item["product_retailer_id"]));
        }
    }
    sections.retain(|section| {
        section["product_items"]
            .as_array()
            .is_some_and(|items| !items.is_empty())
    });
    if sections.is_empty() {
        Err(no_products())
    } else {
        Ok(())
    }
}

fn has(catalogue: &Catalogue, id: &Value, product: &Value) -> bool {
    *id == catalogue.id.as_str()
        && catalogue
            .products
            .iter()
            .any(|known| *product == known.as_str())
}

fn named(action: &Value, name: &str) -> Result<(), Fault> {
    if action["name"] == name {
        Ok(())
    } else {
        Err(invalid(format!("action.name must be {name}")))
    }
}

/// A text of 1 to `longest` characters.
fn text<'a>(value: &'a Value, what: &str, longest: usize) -> Result<&'a str, Fault> {
    let text = value.as_str().unwrap_or_default();
    match text.chars().count() {
        0 => Err(invalid(format!("{what} is required"))),
        length if length > longest => Err(invalid(format!(
            "{what} has {length} characters, at most {longest} are allowed"
        ))),
        _ => Ok(text),
    }
}

/// A list of 1 to `most` elements.
fn array<'a>(value: &'a Value, what: &str, most: usize) -> Result<&'a [Value], Fault> {
    match value.as_array().map(Vec::as_slice).unwrap_or_default() {
        [] => Err(invalid(format!("{what} must not be empty"))),
        many if many.len() > most => Err(invalid(format!(
            "{what} has {} elements, at most {most} are allowed",
            many.len()
        ))),
        many => Ok(many),
    }
}

fn invalid(details: String) -> Fault {
    Upstream::InvalidValue.with(details)
}

fn no_products() -> Fault {
    invalid("Products not found in FB Catalog".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn catalogue() -> Catalogue {
        Catalogue {
            id: "7".into(),
            products: vec!["a".into()],
        }
    }

    #[test]
    fn unknown_products_are_left_out() {
        let items = |ids: &[&str]| json!({"product_items": ids.iter().map(|id| json!({"product_retailer_id": id})).collect::<Vec<_>>()});
        let list = json!({"type": "product_list", "header": {"type": "text", "text": "Ours"},
            "action": {"catalog_id": "7", "sections": [items(&["a", "b"]), items(&["b"])]}});
        let accepted = accept(list, &catalogue()).unwrap();
        assert_eq!(accepted["action"]["sections"], json!([items(&["a"])]));
    }

    #[test]
    fn a_fourth_button_is_one_too_many() {
        let button = |id: usize| json!({"type": "reply", "reply": {"id": id.to_string(), "title": format!("Reply {id}")}});
        let asking = |count| json!({"type": "button", "action": {"buttons": (0..count).map(button).collect::<Vec<_>>()}});
        assert!(accept(asking(3), &catalogue()).is_ok());
        assert!(accept(asking(4), &catalogue()).is_err());
    }
}
