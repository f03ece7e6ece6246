//! Files for templates and messages.

use bytes::Bytes;
use http::Method;
use reqwest::multipart::{Form, Part};
use serde::{Deserialize, Serialize};

use super::{Client, Error, Nothing, Reply};

/// The operations on files.
#[derive(Clone, Copy, Debug)]
pub struct Media<'c>(pub(super) &'c Client);

/// A file to be uploaded: at most 10 MB, pictures at most 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// Its content type, which the vendor goes by.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// A message.
    Messaging,
    /// A template.
    Template,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// What templates and headers name it by, a UUID.
    pub media_id: String,
}

impl Media<'_> {
    /// `POST /chat/media/upload` — uploads a file.
    ///
    /// The content type is documented as JSON, which could not carry it; it goes as `multipart/form-data`.
    ///
    /// # Errors
    /// As [`Error`] says; [`Error::Setup`] when the content type is none.
    pub async fn upload(
        &self,
        file: File,
        application: Application,
    ) -> Result<Reply<Uploaded>, Error> {
        let part = Part::bytes(file.bytes.to_vec())
            .file_name(file.name)
            .mime_str(&file.media_type)
            .map_err(|error| Error::Setup(format!("{}: {error}", file.media_type)))?;
        let application = match application {
            Application::Messaging => "messaging",
            Application::Template => "template",
        };
        let form = Form::new()
            .part("file", part)
            .text("application", application);
        let path = ["chat", "media", "upload"];
        let request = self.0.ask(Method::POST, &path, &Nothing {})?;
        self.0.told(&[201], request.multipart(form)).await
    }
}
