//! Orders: lines, totals and two kinds of status.

use std::borrow::Cow;
use std::cmp::Ordering;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{crm, javascript, utc};
use super::super::state::Cekat;
use super::super::webhooks::{Changed, ConversationId, News, value};
use super::contacts::Contact;
use super::{Amount, Owned, Paging, Part, Period, named, own};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::vendor::Impossible;

/// Something that can be ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// Its name.
    pub name: String,
    /// What one costs.
    pub price: Amount,
}

impl Record for Product {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

impl Owned for Product {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// Counted per business.
    pub order_number: u64,
    /// How far it got, as it was last written.
    pub order_status: String,
    /// How far the payment got, as it was last written.
    pub payment_status: String,
    /// What was ordered.
    pub orders_products: Vec<Line>,
    /// What is taken off.
    #[serde(default)]
    pub discount: Amount,
    /// What the way costs.
    #[serde(default)]
    pub shipping_fee: Amount,
    /// What the state takes.
    #[serde(default)]
    pub vat: Amount,
    /// How it is paid.
    pub payment_method: String,
    /// By whom.
    pub contact_id: Option<String>,
    /// In which conversation.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// The customer's e-mail address, where the order brought one.
    #[serde(default)]
    pub email: Option<String>,
    /// Invoices.
    #[serde(default)]
    pub invoices: Vec<Value>,
    /// What was noted.
    #[serde(default)]
    pub notes: Option<String>,
    /// Where to.
    #[serde(default)]
    pub address: Option<String>,
    /// To which account.
    #[serde(default)]
    pub bank_account_number: Option<String>,
    /// Where the business's own invoice is.
    #[serde(default)]
    pub custom_invoice_url: Option<String>,
    /// Whether the customer has it.
    #[serde(default)]
    pub invoice_is_sent: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which product; none for something special.
    pub product_id: Option<String>,
    /// Its name.
    pub product_name: Option<String>,
    /// How many.
    pub quantity: u64,
    /// What one costs.
    pub price: Option<Amount>,
}

impl Record for Order {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

impl Owned for Order {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// An order as it is shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    order_number: u64,
    order_status: String,
    payment_status: String,
    subtotal: Amount,
    discount: Amount,
    shipping_fee: Amount,
    vat: Amount,
    grand_total: Amount,
    payment_type: &'static str,
    payment_method: String,
    contact_id: Option<String>,
    contact: Option<Customer>,
    conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<Option<Value>>,
    invoices: Vec<Value>,
    notes: Option<String>,
    address: Option<String>,
    bank_account_number: Option<String>,
    custom_invoice_url: Option<String>,
    invoice_is_sent: bool,
    orders_products: Vec<Line>,
    created_at: String,
}

#[derive(Debug, Serialize)]
struct Customer {
    id: String,
    display_name: String,
    phone_number: String,
}

/// A page of orders, with its totals beside it.
#[derive(Debug, Serialize)]
pub struct Listing {
    orders: Vec<Shown>,
    total: usize,
    page: usize,
    limit: usize,
}

/// Which orders a query asks for, and in which order.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// How far the order got, in any case.
    pub order_status: Option<String>,
    /// How far the payment got, in any case.
    pub payment_status: Option<String>,
    /// Part of the number, the notes, or the customer's name, number or address.
    pub search: Option<String>,
    /// By what.
    pub sort_field: Option<String>,
    /// `asc` or `desc`.
    pub sort_direction: Option<String>,
    /// Whether to show the conversations.
    pub include_conv: Option<String>,
    /// In which inbox.
    pub inbox_id: Option<String>,
    /// Of which products, as a JSON array.
    pub product_ids: Option<String>,
    /// `all_with_filters` takes no notice of pages.
    pub export_scope: Option<String>,
}

/// An order to be made.
#[derive(Clone, Debug, Deserialize)]
pub struct Draft {
    payment_method: String,
    orders_products: Vec<Line>,
    contact_id: Option<String>,
    phone_number: Option<String>,
    conversation_id: Option<String>,
    display_name: Option<String>,
    bank_account_number: Option<String>,
    custom_invoice_url: Option<String>,
    discount: Option<Amount>,
    shipping_fee: Option<Amount>,
    vat: Option<Amount>,
    notes: Option<String>,
    address: Option<String>,
    email: Option<String>,
}

/// What is to change; the rest stays, and null clears.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Changes {
    order_status: Option<String>,
    payment_status: Option<String>,
    #[serde(default, deserialize_with = "named")]
    custom_invoice_url: Option<Option<String>>,
    invoice_is_sent: Option<bool>,
    #[serde(default, deserialize_with = "named")]
    address: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    notes: Option<Option<String>>,
    payment_method: Option<String>,
}

/// Which order a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    id: String,
}

/// `POST /api/orders` — takes an order.
pub async fn create(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Body(draft): Body<Draft>,
) -> Result<impl IntoResponse, Error> {
    let shown =
        store.try_write(|cekat, moment| cekat.take_order(draft, caller.business(), moment))?;
    Ok(crm(shown))
}

/// `GET /api/orders` — lists a page of orders, filtered and sorted.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
    Query(filter): Query<Filter>,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let products = filter.products()?;
    let with_talk = matches!(filter.include_conv.as_deref(), Some("true" | "1"));
    let everything = filter.export_scope.as_deref() == Some("all_with_filters");
    let listing = store.read(|cekat, _| {
        let found = cekat.orders_in(&filter, &products, period, caller.business());
        let paging = match everything {
            true => Paging {
                page: None,
                limit: Some(found.len().max(1).to_string()),
            },
            false => paging,
        };
        let page = paging.page(found);
        Listing {
            total: page.pages.total_items,
            page: page.pages.current_page,
            limit: paging.size(),
            orders: page.map(|order| cekat.shown_order(order, with_talk)).rows,
        }
    });
    Ok(crm(listing))
}

/// `GET /api/orders/{id}` — shows an order.
pub async fn get(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|cekat, _| {
        let order = own(&cekat.orders, &which.id, caller.business());
        order.map(|order| cekat.shown_order(order, false))
    });
    Ok(crm(shown.ok_or(Error::NotFound("Order"))?))
}

/// `PUT /api/orders/{id}` — changes an order; nothing in the body changes nothing.
pub async fn update(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
    Body(changes): Body<Changes>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.try_write(|cekat, moment| {
        own(&cekat.orders, &which.id, caller.business()).ok_or(Error::NotFound("Order"))?;
        cekat.change_order(&which.id, changes, moment)
    })?;
    Ok(crm(shown))
}

impl Filter {
    /// The products asked for; none means any.
    fn products(&self) -> Result<Vec<String>, Error> {
        let Some(text) = &self.product_ids else {
            return Ok(Vec::new());
        };
        serde_json::from_str(text).map_err(|_| Error::invalid("product_ids"))
    }
}

impl Order {
    /// What the lines cost.
    pub fn subtotal(&self) -> Amount {
        let lines = self.orders_products.iter();
        let costs = lines.map(|line| line.quantity as f64 * line.price.unwrap_or_default().0);
        Amount(costs.sum())
    }

    /// What is to be paid.
    pub fn grand_total(&self) -> Amount {
        Amount(self.subtotal().0 - self.discount.0 + self.shipping_fee.0 + self.vat.0)
    }
}

impl Cekat {
    /// The orders that a filter and a period leave, sorted as asked for: the newest first unless told otherwise.
    pub fn orders_in(
        &self,
        filter: &Filter,
        products: &[String],
        period: Period,
        business: &str,
    ) -> Vec<&Order> {
        let is = |wanted: &Option<String>, has: &str| {
            wanted
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(has))
        };
        let sought = filter.search.as_deref().map(str::to_lowercase);
        let own = self.orders.by("business", business);
        let mut found: Vec<_> = own
            .filter(|one| is(&filter.order_status, &one.order_status))
            .filter(|one| is(&filter.payment_status, &one.payment_status))
            .filter(|one| period.holds(one.created_at))
            .filter(|one| {
                sought
                    .as_deref()
                    .is_none_or(|text| self.speaks_of(one, text))
            })
            .filter(|one| {
                filter
                    .inbox_id
                    .as_deref()
                    .is_none_or(|id| self.came_through(one, id))
            })
            .filter(|one| {
                let lines = &mut one.orders_products.iter();
                products.is_empty()
                    || lines.any(|line| {
                        line.product_id
                            .as_ref()
                            .is_some_and(|id| products.contains(id))
                    })
            })
            .collect();
        let by = |one: &&Order, other: &&Order| match filter.sort_field.as_deref() {
            Some("order_number") => one.order_number.cmp(&other.order_number),
            Some("updated_at") => one.updated_at.cmp(&other.updated_at),
            Some("order_status") => one.order_status.cmp(&other.order_status),
            Some("payment_status") => one.payment_status.cmp(&other.payment_status),
            Some("subtotal") => compared(one.subtotal(), other.subtotal()),
            Some("grand_total") => compared(one.grand_total(), other.grand_total()),
            _ => one.created_at.cmp(&other.created_at),
        };
        let by = |one: &&Order, other: &&Order| {
            by(one, other).then(one.order_number.cmp(&other.order_number))
        };
        found.sort_by(by);
        let ascending = filter.sort_direction.as_deref();
        if !ascending.is_some_and(|way| way.eq_ignore_ascii_case("asc")) {
            found.reverse();
        }
        found
    }

    /// Whether a text is part of what is known about an order.
    fn speaks_of(&self, order: &Order, text: &str) -> bool {
        let contact = order
            .contact_id
            .as_deref()
            .and_then(|id| self.contacts.get(id));
        let number = order.order_number.to_string();
        let about_contact = contact.into_iter().flat_map(|one| {
            let name = [
                Some(one.display_name.as_str()),
                Some(one.phone_number.as_str()),
            ];
            name.into_iter().chain([one.email.as_deref()])
        });
        let about_order = [
            Some(number.as_str()),
            order.notes.as_deref(),
            order.email.as_deref(),
        ];
        let mut known = about_order.into_iter().chain(about_contact).flatten();
        known.any(|known| known.to_lowercase().contains(text))
    }

    fn came_through(&self, order: &Order, inbox: &str) -> bool {
        let talk = order.conversation_id.as_deref();
        let talk = talk.and_then(|id| self.conversations.get(id));
        talk.is_some_and(|talk| talk.inbox_id == inbox)
    }

    /// An order as it is shown, with its conversation where that is asked for.
    pub fn shown_order(&self, one: &Order, with_talk: bool) -> Shown {
        let contact = one
            .contact_id
            .as_deref()
            .and_then(|id| self.contacts.get(id));
        let talk = one.conversation_id.as_deref();
        let talk = talk.and_then(|id| self.conversations.get(id));
        Shown {
            id: one.id.clone(),
            order_number: one.order_number,
            order_status: one.order_status.clone(),
            payment_status: one.payment_status.clone(),
            subtotal: one.subtotal(),
            discount: one.discount,
            shipping_fee: one.shipping_fee,
            vat: one.vat,
            grand_total: one.grand_total(),
            payment_type: "one_time_payment",
            payment_method: one.payment_method.clone(),
            contact_id: one.contact_id.clone(),
            contact: contact.map(|contact| Customer {
                id: contact.id.clone(),
                display_name: contact.display_name.clone(),
                phone_number: contact.phone_number.clone(),
            }),
            conversation_id: one.conversation_id.clone(),
            conversation: with_talk.then(|| talk.map(|talk| value(&self.shown(talk, false)))),
            invoices: one.invoices.clone(),
            notes: one.notes.clone(),
            address: one.address.clone(),
            bank_account_number: one.bank_account_number.clone(),
            custom_invoice_url: one.custom_invoice_url.clone(),
            invoice_is_sent: one.invoice_is_sent,
            orders_products: one.orders_products.clone(),
            created_at: utc(one.created_at),
        }
    }

    /// Who orders: a contact, whoever a conversation is with, or whoever has a number.
    fn customer(
        &mut self,
        draft: &Draft,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Contact, Error> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let talk = match given(&draft.conversation_id) {
            Some(id) => Some(self.conversation(&id, business)?.contact_id.clone()),
            None => None,
        };
        if let Some(id) = given(&draft.contact_id).or(talk) {
            return self.contact(&id, business).cloned();
        }
        let Some(phone) = given(&draft.phone_number) else {
            let words = "At least one of contact_id, phone_number or conversation_id is required";
            return Err(Error::Invalid(words.to_owned()));
        };
        if super::normal(&phone).is_empty() {
            return Err(Error::invalid("phone_number"));
        }
        let name = draft.display_name.as_deref();
        Ok(self.meet(&phone, name, "whatsapp", business, moment))
    }

    /// The lines, with name and price of what stands in the catalogue.
    fn priced(&self, lines: Vec<Line>, business: &str) -> Result<Vec<Line>, Error> {
        let priced = lines.into_iter().enumerate().map(|(place, line)| {
            let id = line.product_id.as_deref().filter(|id| !id.is_empty());
            let product = id.and_then(|id| own(&self.products, id, business));
            match (product, id) {
                (Some(product), _) => Ok(Line {
                    product_name: line.product_name.or_else(|| Some(product.name.clone())),
                    price: line.price.or(Some(product.price)),
                    ..line
                }),
                (None, Some(_)) if line.price.is_none() => Err(Error::UnknownProduct),
                (None, _) if line.price.is_none() => {
                    Err(Error::required(format!("orders_products[{place}].price")))
                }
                (None, None) if line.product_name.as_deref().unwrap_or_default().is_empty() => Err(
                    Error::required(format!("orders_products[{place}].product_name")),
                ),
                (None, _) => Ok(line),
            }
        });
        priced.collect()
    }

    /// Takes an order and gives it the next number.
    ///
    /// # Errors
    /// When customer, lines or payment will not do.
    pub fn take_order(
        &mut self,
        draft: Draft,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Shown, Error> {
        let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        match draft.payment_method.as_str() {
            "manual" if !filled(&draft.bank_account_number) => {
                return Err(Error::required("bank_account_number"));
            }
            "custom" if !filled(&draft.custom_invoice_url) => {
                return Err(Error::required("custom_invoice_url"));
            }
            _ => {}
        }
        let customer = self.customer(&draft, business, moment)?;
        let orders_products = self.priced(draft.orders_products, business)?;
        let numbers = self
            .orders
            .by("business", business)
            .map(|one| one.order_number);
        let order = Order {
            id: moment.ids.uuid().to_string(),
            business_id: business.to_owned(),
            order_number: numbers.max().unwrap_or(1000) + 1,
            order_status: "pending".to_owned(),
            payment_status: "pending".to_owned(),
            orders_products,
            discount: draft.discount.unwrap_or_default(),
            shipping_fee: draft.shipping_fee.unwrap_or_default(),
            vat: draft.vat.unwrap_or_default(),
            payment_method: draft.payment_method,
            contact_id: Some(customer.id),
            conversation_id: draft.conversation_id.filter(|id| !id.is_empty()),
            email: draft.email,
            invoices: Vec::new(),
            notes: draft.notes,
            address: draft.address,
            bank_account_number: draft.bank_account_number,
            custom_invoice_url: draft.custom_invoice_url,
            invoice_is_sent: false,
            created_at: moment.now,
            updated_at: moment.now,
        };
        let order = self.orders.put(order).clone();
        let shown = self.shown_order(&order, false);
        let data = value(&shown);
        let message = "success";
        let news = News::OrderCreated { message, data };
        self.tell(business, &order.id, None, news, moment);
        Ok(shown)
    }

    /// Changes an order, and tells what changed.
    ///
    /// # Errors
    /// When there is no such order.
    pub fn change_order(
        &mut self,
        id: &str,
        changes: Changes,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Shown, Error> {
        let mut order = self
            .orders
            .get(id)
            .cloned()
            .ok_or(Error::NotFound("Order"))?;
        let before = order.clone();
        let mut changed = Map::new();
        let mut note = |field: &str, old: Value, new: Value| {
            if old != new {
                let change = json!({"old_value": old, "new_value": new});
                changed.insert(field.to_owned(), change);
            }
        };
        // Only another word is a change: the case does not count.
        let another = |old: &str, new: &str| !old.eq_ignore_ascii_case(new);
        if let Some(status) = changes.order_status
            && another(&order.order_status, &status)
        {
            note("order_status", value(&order.order_status), value(&status));
            order.order_status = status;
        }
        if let Some(status) = changes.payment_status
            && another(&order.payment_status, &status)
        {
            note(
                "payment_status",
                value(&order.payment_status),
                value(&status),
            );
            order.payment_status = status;
        }
        if let Some(method) = changes.payment_method {
            note(
                "payment_method",
                value(&order.payment_method),
                value(&method),
            );
            order.payment_method = method;
        }
        if let Some(sent) = changes.invoice_is_sent {
            note(
                "invoice_is_sent",
                value(&order.invoice_is_sent),
                value(&sent),
            );
            order.invoice_is_sent = sent;
        }
        let texts = [
            (
                "custom_invoice_url",
                changes.custom_invoice_url,
                &mut order.custom_invoice_url,
            ),
            ("address", changes.address, &mut order.address),
            ("notes", changes.notes, &mut order.notes),
        ];
        for (field, new, old) in texts {
            if let Some(new) = new {
                note(field, value(&*old), value(&new));
                *old = new;
            }
        }
        if order != before {
            order.updated_at = moment.now;
            self.orders.put(order.clone());
            self.tell_order(&before, &order, changed, moment);
        }
        Ok(self.shown_order(&order, false))
    }

    fn tell_order(
        &self,
        before: &Order,
        order: &Order,
        changed: Map<String, Value>,
        moment: &mut Moment<'_, Self>,
    ) {
        let (business, id) = (&order.business_id, &order.id);
        let news = News::OrderUpdated {
            message: "success",
            changed,
            data: value(&self.shown_order(order, false)),
        };
        self.tell(business, id, None, news, moment);
        // These two shout.
        let told = |old: &str, new: &str| Changed {
            old_value: value(&old.to_uppercase()),
            new_value: value(&new.to_uppercase()),
        };
        if before.order_status != order.order_status {
            let news = News::OrderStatusUpdated {
                order_id: id.clone(),
                changed: told(&before.order_status, &order.order_status),
            };
            self.tell(business, id, None, news, moment);
        }
        if before.payment_status != order.payment_status {
            let news = News::PaymentStatusUpdated {
                order_id: id.clone(),
                changed: told(&before.payment_status, &order.payment_status),
            };
            self.tell(business, id, None, news, moment);
        }
    }

    /// A customer pays an order in full: there is an invoice, and it is paid.
    ///
    /// # Errors
    /// When there is no such order, or it is paid.
    pub fn pay(
        &mut self,
        id: &str,
        payment_method: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let order = self.orders.get(id);
        let mut order = order
            .cloned()
            .ok_or_else(|| Impossible(format!("no order {id}")))?;
        if order.payment_status.eq_ignore_ascii_case("paid") {
            return Err(Impossible(format!("order {id} is paid already")));
        }
        let before = order.clone();
        let invoice_id = moment.ids.uuid().to_string();
        let payment_method = payment_method.unwrap_or_else(|| "QRIS".to_owned());
        let amount = order.grand_total();
        let invoice = json!({
            "id": invoice_id,
            "amount": amount,
            "status": "paid",
            "payment_method": payment_method,
            "created_at": utc(moment.now),
        });
        order.invoices.push(invoice);
        order.payment_status = "paid".to_owned();
        order.updated_at = moment.now;
        self.orders.put(order.clone());
        let talk = order.conversation_id.clone();
        let news = News::InvoicePaid {
            invoice_id,
            amount,
            payment_method,
            payment_time: javascript(moment.now),
            conversations: talk.into_iter().map(|id| ConversationId { id }).collect(),
        };
        self.tell(&order.business_id, id, None, news, moment);
        let change = json!({"old_value": before.payment_status, "new_value": "paid"});
        let changed = Map::from_iter([("payment_status".to_owned(), change)]);
        self.tell_order(&before, &order, changed, moment);
        Ok(())
    }
}

fn compared(one: Amount, other: Amount) -> Ordering {
    one.partial_cmp(&other).unwrap_or(Ordering::Equal)
}
