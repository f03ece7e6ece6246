//! Chats: whether a client's is open, and whose it is.

use serde::{Deserialize, Serialize};

use super::{Client, Error};

/// The operations on the chats of clients.
#[derive(Clone, Copy, Debug)]
pub struct Chat<'c>(pub(super) &'c Client);

/// What the vendor says where there is nothing else to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// In words, for people.
    pub message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Toggle {
    is_open: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assignment<'a> {
    client_wa_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl Chat<'_> {
    /// `PUT /v1/clients/chat/toggle/{clientWaNumber}` — opens or closes a chat.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn toggle(&self, client_wa_number: &str, is_open: bool) -> Result<Done, Error> {
        self.0
            .put(
                &["v1", "clients", "chat", "toggle", client_wa_number],
                &Toggle { is_open },
            )
            .await
    }

    /// `POST /v1/clients/chat/assign` — gives a chat to an employee, or to whoever the vendor chooses.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn assign(&self, client_wa_number: &str, email: Option<&str>) -> Result<Done, Error> {
        self.0
            .post(
                &["v1", "clients", "chat", "assign"],
                &Assignment {
                    client_wa_number,
                    email,
                },
            )
            .await
    }
}
