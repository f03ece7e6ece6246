//! Labels, and which conversation has which.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::done;
use super::super::state::Cekat;
use super::super::webhooks::{LabelChange, News, NewsLabel};
use super::own;
use crate::kernel::extract::Path;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// A UUID.
    pub id: String,
    /// What it says.
    pub name: String,
    /// Its colour, as `#rrggbb`.
    pub color: String,
}

impl Record for Label {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// A label on a conversation. It has an id of its own, by which it is taken off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelAssignment {
    /// A UUID.
    pub id: String,
    /// Which conversation.
    pub conversation_id: String,
    /// Which label.
    pub label_id: String,
}

impl Record for LabelAssignment {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("conversation", Cow::Borrowed(&self.conversation_id))]
    }
}

/// Which assignment a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    id: String,
}

/// `DELETE /labels/assign/{id}` — takes a label off a conversation.
pub async fn assignment_delete(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|cekat, moment| cekat.take_label_off(&which.id, caller.business(), moment))?;
    Ok(done())
}

impl Cekat {
    /// The labels of a conversation, in the order in which they were put on.
    pub fn labels_of(&self, conversation: &str) -> impl Iterator<Item = &Label> {
        let assigned = self.label_assignments.by("conversation", conversation);
        assigned.filter_map(|one| self.labels.get(&one.label_id))
    }

    /// Takes a label off, and tells.
    ///
    /// # Errors
    /// When the business has no such assignment.
    pub fn take_label_off(
        &mut self,
        id: &str,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        let unknown = || Error::NotFound("Label assignment");
        let assigned = self.label_assignments.get(id).ok_or_else(unknown)?.clone();
        own(&self.conversations, &assigned.conversation_id, business).ok_or_else(unknown)?;
        self.label_assignments.remove(id);
        self.tell_label(&assigned, LabelChange::Removed, moment);
        Ok(())
    }

    /// Tells that a label was put on a conversation, or taken off.
    pub fn tell_label(
        &self,
        assigned: &LabelAssignment,
        change_type: LabelChange,
        moment: &mut Moment<'_, Self>,
    ) {
        let label = self.labels.get(&assigned.label_id);
        let label = NewsLabel {
            id: assigned.label_id.clone(),
            name: label.map_or_else(String::new, |label| label.name.clone()),
        };
        self.tell_conversation(&assigned.conversation_id, moment, |data| {
            News::LabelsUpdated {
                change_type,
                label,
                data,
            }
        });
    }
}
