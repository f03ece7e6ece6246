//! Orders: what is bought, and whether it is paid.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::{Client, Edit, Error, Told};

/// The operations on orders.
#[derive(Clone, Copy, Debug)]
pub struct Orders<'c>(pub(super) &'c Client);

/// An order to be created, for a contact, a number or a conversation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Draft {
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// What is bought.
    pub orders_products: Vec<DraftLine>,
    /// By which contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<String>,
    /// By which number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// In which conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// What a customer is called who is known by a new number only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The address to write to about this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A bill made elsewhere; needed when it is paid elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_invoice_url: Option<String>,
    /// Where the money goes; needed when it is paid by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account_number: Option<String>,
    /// What is taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<Number>,
    /// What the way costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_fee: Option<Number>,
    /// The tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat: Option<Number>,
    /// What is noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A line of an order to be created: a product there is, or one with a name and a price.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DraftLine {
    /// Which product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<String>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// How many.
    pub quantity: u32,
    /// For how much each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Number>,
}

/// How an order is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// By hand, to a bank account.
    #[default]
    Manual,
    /// Through Xendit.
    Xendit,
    /// Elsewhere.
    Custom,
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// New.
    Pending,
    /// At work.
    Processing,
    /// On its way.
    Shipping,
    /// Not wanted any more.
    Cancelled,
    /// Done.
    Completed,
}

/// Whether an order is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Not yet.
    Pending,
    /// Yes.
    Paid,
    /// No, and it is too late.
    Expired,
    /// Yes, and the money is there.
    Settled,
}

/// What to change about an order.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Change {
    /// How far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_status: Option<OrderStatus>,
    /// Whether it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_status: Option<PaymentStatus>,
    /// How it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<PaymentMethod>,
    /// A bill made elsewhere.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub custom_invoice_url: Edit<String>,
    /// Whether the bill went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_is_sent: Option<bool>,
    /// Where it goes.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub address: Edit<String>,
    /// What is noted.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub notes: Edit<String>,
}

/// Which orders to show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Selection {
    /// Which page, from 1.
    pub page: Option<u32>,
    /// How many rows to a page.
    pub limit: Option<u32>,
    /// Those that are this far.
    pub order_status: Option<OrderStatus>,
    /// Those that are paid, or not.
    pub payment_status: Option<PaymentStatus>,
    /// From this day, `YYYY-MM-DD`.
    pub start_date: Option<String>,
    /// To this day.
    pub end_date: Option<String>,
    /// With this in them.
    pub search: Option<String>,
    /// By which member they are in order.
    pub sort_field: Option<String>,
    /// `asc` or `desc`.
    pub sort_direction: Option<String>,
    /// Whether to show their conversations.
    pub include_conv: Option<bool>,
    /// Those of this inbox.
    pub inbox_id: Option<String>,
    /// Those with one of these products, with commas between.
    pub product_ids: Option<String>,
    /// All of them, for an export.
    pub export_scope: Option<String>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// The number people use.
    pub order_number: u64,
    /// How far it is.
    pub order_status: String,
    /// Whether it is paid.
    pub payment_status: String,
    /// The lines together.
    pub subtotal: Number,
    /// What is taken off.
    pub discount: Number,
    /// What the way costs.
    pub shipping_fee: Number,
    /// The tax.
    pub vat: Number,
    /// What has to be paid.
    pub grand_total: Number,
    /// How often it is paid.
    pub payment_type: String,
    /// How it is paid.
    pub payment_method: String,
    /// The customer.
    pub contact_id: Option<String>,
    /// The customer.
    pub contact: Option<Customer>,
    /// In which conversation.
    pub conversation_id: Option<String>,
    /// The conversation, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Value>,
    /// What was billed.
    pub invoices: Vec<Value>,
    /// What was noted.
    pub notes: Option<String>,
    /// Where it goes.
    pub address: Option<String>,
    /// Where the money goes.
    pub bank_account_number: Option<String>,
    /// A bill made elsewhere.
    pub custom_invoice_url: Option<String>,
    /// Whether the bill went out.
    pub invoice_is_sent: bool,
    /// Its lines.
    pub orders_products: Vec<Line>,
    /// Since when.
    pub created_at: String,
    /// Last changed when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
}

/// Who ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Its id.
    pub id: String,
    /// What they are called.
    pub display_name: String,
    /// The number.
    pub phone_number: String,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Which product.
    pub product_id: Option<String>,
    /// What it is called.
    pub product_name: Option<String>,
    /// How many.
    pub quantity: u64,
    /// For how much each.
    pub price: Option<Number>,
}

/// A page of orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The rows.
    pub orders: Vec<Order>,
    /// How many rows there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Which page this is, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u64>,
    /// How many rows to a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

impl Orders<'_> {
    /// `POST /api/orders` — creates an order.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create(&self, draft: &Draft) -> Result<Told<Order>, Error> {
        let request = self.0.ask(Method::POST, &["api", "orders"])?;
        self.0.read(request.json(draft)).await
    }

    /// `GET /api/orders` — lists orders.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Told<Page>, Error> {
        self.0
            .read(self.0.query(&["api", "orders"], selection)?)
            .await
    }

    /// `GET /api/orders/{id}` — shows one order.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, order_id: &str) -> Result<Told<Order>, Error> {
        let path = ["api", "orders", order_id];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `PUT /api/orders/{id}` — changes an order.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update(&self, order_id: &str, change: &Change) -> Result<Told<Order>, Error> {
        let path = ["api", "orders", order_id];
        let request = self.0.ask(Method::PUT, &path)?;
        self.0.read(request.json(change)).await
    }
}
