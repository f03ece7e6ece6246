//! What leads calls: the company's numbers, its departments, and its menus.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;
use crate::kernel::text::digits;
use crate::vendors::myoperator::state::MyOperator;

/// A number of the company that customers call and see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Did {
    /// As networks write it.
    pub number: String,
    /// Whose number.
    pub company_id: String,
    /// The trunk code of its town, without leading zero.
    pub std_code: String,
    /// Its state and country, such as `DL, IN`.
    pub region: String,
}

impl Record for Did {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.number)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("company", Cow::Borrowed(&self.company_id))]
    }
}

/// Some users who answer for the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// 16 hexadecimal digits.
    pub id: String,
    /// Whose department.
    pub company_id: String,
    /// Its name.
    pub name: String,
    /// The users who are dialled, in this order.
    pub users: Vec<String>,
    /// Whether it stands for all who are called by their extension.
    #[serde(default)]
    pub is_directory: bool,
}

impl Record for Department {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("company", Cow::Borrowed(&self.company_id))]
    }
}

/// Who is dialled first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The agent, then the customer.
    AgentFirst,
    /// The customer, then the agent.
    CustomerFirst,
    /// The customer, who then hears a menu.
    Ivr,
}

/// What an outbound call follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ivr {
    /// 16 hexadecimal digits.
    pub public_ivr_id: String,
    /// Whose it is.
    pub company_id: String,
    /// Who is dialled first.
    pub order: Order,
    /// The numbers that calls go out from; without one nothing can be called.
    pub dids: Vec<String>,
    /// The department whose users the menu leads to.
    pub department: Option<String>,
}

impl Record for Ivr {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.public_ivr_id)
    }
}

/// Which number a caller wants to call from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish<'w> {
    /// This one.
    pub caller_id: Option<&'w str>,
    /// One of this town.
    pub std_code: Option<&'w str>,
    /// One of this state.
    pub region: Option<&'w str>,
}

impl MyOperator {
    /// The number that an outbound call goes out from: the named one, one of the town, one of the state, or any.
    pub fn did_for(&self, ivr: &Ivr, wish: Wish<'_>) -> Option<&Did> {
        let dids: Vec<&Did> = ivr
            .dids
            .iter()
            .filter_map(|number| self.dids.get(number))
            .collect();
        let find = |fits: &dyn Fn(&Did) -> bool| dids.iter().copied().find(|did| fits(did));
        let named = |wanted: &str| {
            let wanted = digits(wanted);
            find(&|did| !wanted.is_empty() && did.number.ends_with(&wanted))
        };
        let of_town = |code: &str| {
            let code = code.trim_start_matches('0');
            find(&|did| did.std_code == code)
        };
        let of_state = |region: &str| {
            let state = region.split(',').next().unwrap_or_default().trim();
            find(&|did| !state.is_empty() && did.region.split(',').next() == Some(state))
        };
        let chosen = wish.caller_id.and_then(named);
        let chosen = chosen.or_else(|| wish.std_code.and_then(of_town));
        let chosen = chosen.or_else(|| wish.region.and_then(of_state));
        chosen.or_else(|| dids.first().copied())
    }

    /// The department that stands for all extensions of a company.
    pub fn directory(&self, company: &str) -> Option<&Department> {
        self.departments
            .by("company", company)
            .find(|department| department.is_directory)
    }
}
