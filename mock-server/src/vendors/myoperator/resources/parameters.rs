//! The parameters of the developers' host, wherever a client puts them.

use crate::kernel::call::Call;
use crate::vendors::myoperator::error::Error;

/// The parameters of one call: from the query, a form or JSON; the body wins.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'c>(&'c Call);

impl<'c> Parameters<'c> {
    /// Those of this call.
    #[must_use]
    pub fn of(call: &'c Call) -> Self {
        Self(call)
    }

    /// A parameter; one that is there but empty counts as absent.
    #[must_use]
    pub fn get(self, name: &str) -> Option<String> {
        let Self(call) = self;
        let said = call
            .field(name)
            .or_else(|| call.query(name).map(str::to_owned));
        let text = said?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn required(self, name: &str) -> Result<String, Error> {
        self.get(name)
            .ok_or_else(|| Error::ParameterInvalid(format!("{name} is required")))
    }

    /// A number of at least 0.
    ///
    /// # Errors
    /// When something else stands there.
    pub fn number(self, name: &str) -> Result<Option<u64>, Error> {
        let read = self.get(name).map(|text| {
            text.parse()
                .map_err(|_| Error::ParameterInvalid(format!("{name} is invalid")))
        });
        read.transpose()
    }
}
