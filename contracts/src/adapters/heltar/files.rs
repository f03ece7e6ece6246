//! Files: uploaded to the storage service under a signed address, fetched under a plain one.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use reqwest::Url;

use super::{Client, Error, refusal};
use crate::adapters::wire::Answer;

/// The operations on the storage service; they carry no key.
#[derive(Clone, Copy, Debug)]
pub struct Files<'c>(pub(super) &'c Client);

/// A file as it was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its content type.
    pub content_type: Option<String>,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Files<'_> {
    /// `PUT /{key}` — uploads a file to the signed address that `messages.presignedUrl` made for this content type.
    ///
    /// # Errors
    /// As [`Error`] says; the storage service refuses with [`Error::Storage`].
    pub async fn put(
        &self,
        signed_request: &str,
        file_type: &str,
        bytes: Bytes,
    ) -> Result<(), Error> {
        let request = self
            .0
            .http
            .put(address(signed_request)?)
            .header(CONTENT_TYPE, file_type)
            .body(bytes);
        let answer = Answer::to(request).await?;
        if answer.status == 200 {
            Ok(())
        } else {
            Err(storage_refusal(&answer))
        }
    }

    /// `GET /{key}` — fetches a file.
    ///
    /// # Errors
    /// As [`Error`] says; the storage service refuses with [`Error::Storage`].
    pub async fn get(&self, url: &str) -> Result<File, Error> {
        let answer = Answer::to(self.0.http.get(address(url)?)).await?;
        if answer.status != 200 {
            return Err(storage_refusal(&answer));
        }
        let content_type = answer
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        Ok(File {
            content_type: content_type.map(str::to_owned),
            bytes: answer.body,
        })
    }
}

fn address(url: &str) -> Result<Url, Error> {
    Url::parse(url).map_err(|error| Error::Setup(format!("{url}: {error}")))
}

/// The error of the storage service, or of the API where both are behind one address.
fn storage_refusal(answer: &Answer) -> Error {
    let body = answer.text();
    match (
        answer.status,
        element(&body, "Code"),
        element(&body, "Message"),
    ) {
        (status @ 400.., Some(code), Some(message)) => Error::Storage {
            status,
            code,
            message,
        },
        _ => refusal(answer),
    }
}

/// The text of the first element of this name; the storage service writes no attributes and no nesting there.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    Some(
        plain
            .iter()
            .fold(text.to_owned(), |text, (entity, letter)| {
                text.replace(entity, letter)
            }),
    )
}
