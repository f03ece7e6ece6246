//! Files that were uploaded, to be used in templates and messages.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use contracts::check::Part;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::kernel::call::Content;
use crate::kernel::extract::Request;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::Error;
use crate::vendors::myoperator::reply::answer;
use crate::vendors::myoperator::state::MyOperator;

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// A UUID.
    pub media_id: String,
    /// Whose file.
    pub company_id: String,
    /// `messaging` or `template`.
    pub application: String,
    /// What kind of file.
    pub mime_type: String,
    /// How many bytes.
    pub size: u64,
}

impl Record for Media {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.media_id)
    }
}

const MEGABYTE: u64 = 1024 * 1024;

/// What no upload may exceed, whatever its kind.
const MOST: u64 = 10 * MEGABYTE;

/// The kinds of files: extension, type.
const KINDS: [(&str, &str); 19] = [
    ("aac", "audio/aac"),
    ("amr", "audio/amr"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("txt", "text/plain"),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("pdf", "application/pdf"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("3gp", "video/3gp"),
    ("3gpp", "video/3gp"),
    ("mp4", "video/mp4"),
];

/// What messages call a kind of file; nothing for a kind that no message takes.
#[must_use]
pub fn class_of(mime_type: &str) -> Option<&'static str> {
    let known = KINDS.iter().any(|(_, kind)| *kind == mime_type);
    known.then(|| match mime_type.split('/').next() {
        Some("audio") => "audio",
        Some("image") => "image",
        Some("video") => "video",
        _ => "document",
    })
}

/// How large a file of a class may be in a message.
fn most_of(class: &str) -> u64 {
    match class {
        "image" => 5 * MEGABYTE,
        "audio" | "video" => 16 * MEGABYTE,
        _ => 100 * MEGABYTE,
    }
}

/// The id of what was uploaded.
#[derive(Clone, Debug, Serialize)]
pub struct Uploaded {
    /// A UUID.
    pub media_id: String,
}

/// `POST /chat/media/upload` — takes a file; templates and messages may name it by its id.
pub async fn upload(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
) -> Result<impl IntoResponse, Error> {
    let parts = match &call.content {
        Content::Multipart(parts) => parts.as_slice(),
        _ => &[],
    };
    let file = parts.iter().find(|part| part.name == "file");
    let file = file.ok_or_else(|| wrong("This field is required."))?;
    let application = call.field("application").unwrap_or_default();
    let media_id = store.try_write(|vendor, moment| {
        vendor.upload_media(&caller.company, file, application, moment)
    })?;
    let uploaded = Uploaded { media_id };
    Ok(answer(
        StatusCode::CREATED,
        "201",
        "Media uploaded successfully",
        uploaded,
    ))
}

/// What is wrong with the file.
fn wrong(why: impl Into<String>) -> Error {
    Error::InvalidInput(vec![("file".to_owned(), why.into())])
}

/// What kind of file this is: as its part says, or as its name does when the part says nothing that is known.
fn kind_of(file: &Part) -> String {
    let said = file.content_type.as_deref().unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default().trim();
    let said = said.to_ascii_lowercase();
    if class_of(&said).is_some() {
        return said;
    }
    // Who says nothing, or only that it is bytes, is judged by the file's name.
    if !matches!(said.as_str(), "" | "application/octet-stream") {
        return said;
    }
    let name = file.file_name.as_deref().unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    let known = KINDS.iter().find(|(known, _)| *known == extension);
    known.map_or(said, |(_, kind)| (*kind).to_owned())
}

impl MyOperator {
    /// A file of a company.
    #[must_use]
    pub fn media_of(&self, company: &str, id: &str) -> Option<&Media> {
        let media = self.media.get(id);
        media.filter(|media| media.company_id == company)
    }

    /// Takes a file.
    ///
    /// # Errors
    /// When it is too large, or of a kind that no message takes.
    pub fn upload_media(
        &mut self,
        company: &str,
        file: &Part,
        application: String,
        moment: &mut Moment<'_, Self>,
    ) -> Result<String, Error> {
        let mime_type = kind_of(file);
        let Some(class) = class_of(&mime_type) else {
            let named = match mime_type.as_str() {
                "" => "application/octet-stream",
                named => named,
            };
            return Err(wrong(format!("file_type {named} not allowed!")));
        };
        let size = file.data.len() as u64;
        if size > most_of(class).min(MOST) {
            let kilobytes = size.div_ceil(1024);
            let why = format!("file_size {kilobytes} KB not allowed for file_type {mime_type}!");
            return Err(wrong(why));
        }
        let media_id = moment.ids.uuid().to_string();
        self.media.put(Media {
            media_id: media_id.clone(),
            company_id: company.to_owned(),
            application,
            mime_type,
            size,
        });
        Ok(media_id)
    }
}
