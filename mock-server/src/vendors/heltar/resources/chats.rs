//! Chats: whether a client's is open, and whose it is.

use axum::Json;
use serde::{Deserialize, Serialize};

use super::clients::At;
use super::employees::Employee;
use crate::kernel::extract::{Body, Path};
use crate::kernel::store::Store;
use crate::vendors::heltar::error::Error;
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::Heltar;

/// What `clients.chat.toggle` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Toggle {
    is_open: Truth,
}

/// A boolean, or its name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Truth {
    Plain(bool),
    Word(String),
}

/// `PUT /v1/clients/chat/toggle/{clientWaNumber}` — opens or closes a chat.
pub async fn toggle(
    store: Store<Heltar>,
    Path(at): Path<At>,
    Body(toggle): Body<Toggle>,
) -> Result<Json<Reply<Option<()>>>, Error> {
    let is_open = match toggle.is_open {
        Truth::Plain(is_open) => is_open,
        Truth::Word(word) => word == "true",
    };
    store.try_write(|heltar, _| heltar.toggle_chat(&at.client_wa_number, is_open))?;
    Ok(reply("Client chat status updated successfully", None))
}

/// What `clients.chat.assign` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    client_wa_number: String,
    email: Option<String>,
    employee_id: Option<u64>,
}

/// The answer to an assignment: the one success without data.
#[derive(Debug, Serialize)]
pub struct Assigned {
    message: String,
}

/// `POST /v1/clients/chat/assign` — gives a chat to an employee.
pub async fn assign(
    store: Store<Heltar>,
    Body(wanted): Body<Assignment>,
) -> Result<Json<Assigned>, Error> {
    let message = store.try_write(|heltar, _| heltar.assign_chat(&wanted))?;
    Ok(Json(Assigned { message }))
}

impl Heltar {
    /// Opens or closes a client's chat.
    ///
    /// # Errors
    /// When nobody has this number.
    pub fn toggle_chat(&mut self, number: &str, is_open: bool) -> Result<(), Error> {
        let number = self.client(number)?.client_wa_number.clone();
        self.clients
            .update(&number, |client| client.is_open = is_open);
        Ok(())
    }

    /// Gives a client's chat to the wanted employee, or to whoever has the fewest. Says so in words.
    ///
    /// # Errors
    /// When there is no such client or employee.
    pub fn assign_chat(&mut self, wanted: &Assignment) -> Result<String, Error> {
        let client = self.client(&wanted.client_wa_number)?.clone();
        let employee = match (&wanted.email, wanted.employee_id) {
            (Some(email), _) => {
                let found = self
                    .employees
                    .get(&email.to_lowercase())
                    .filter(|found| !found.is_deleted);
                found.ok_or_else(|| Error::UnknownEmployee(email.clone()))?
            }
            (None, Some(id)) => {
                let found = self
                    .employees
                    .iter()
                    .find(|employee| employee.id == id && !employee.is_deleted);
                found.ok_or_else(|| Error::UnknownEmployee(id.to_string()))?
            }
            (None, None) => self.least_busy().ok_or(Error::NobodyActive)?,
        };
        let said = format!(
            "Successfully assigned {} {}",
            client.username,
            employee.called()
        );
        let email = employee.email.clone();
        self.clients.update(&client.client_wa_number, |client| {
            client.assigned_to = Some(email)
        });
        Ok(said)
    }

    /// The active employee with the fewest chats; the one who came first among equals.
    fn least_busy(&self) -> Option<&Employee> {
        let chats = |employee: &Employee| {
            self.clients
                .iter()
                .filter(|client| client.assigned_to.as_deref() == Some(&employee.email))
                .count()
        };
        self.employees
            .iter()
            .filter(|employee| employee.takes_chats())
            .min_by_key(|employee| chats(employee))
    }
}
