//! The people of a company: agents, and those who may manage them.

use std::borrow::Cow;

use axum::{Extension, Json};
use serde::{Deserialize, Serialize};

use super::parameters::Parameters;
use crate::kernel::extract::Request;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::text::digits;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::Error;
use crate::vendors::myoperator::state::MyOperator;

/// A person of a company. Most members are texts, as the vendor shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Its id among all users; in some accounts the same as `uuid`.
    pub user_id: String,
    /// 16 hexadecimal digits.
    pub uuid: String,
    /// Whose user.
    pub company_id: String,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// From `11` to `99`, once in a company.
    pub extension: String,
    /// The number that is called, without country code.
    pub contact_number: String,
    /// What kind of number that is.
    pub contact_type: Option<String>,
    /// Another number.
    pub alternate_number: Option<String>,
    /// What kind of number that is.
    pub alternate_contact_type: Option<String>,
    /// `1` super admin, `2` admin, `4` manager, `8` basic.
    pub role_id: String,
    /// `0` or `1`.
    pub is_active: String,
    /// `0` or `1`.
    pub is_enabled: String,
    /// 0 or 1: whether calls are put through.
    pub is_available: u8,
    /// The country of the number; nobody is shown it.
    #[serde(default = "india")]
    pub country_code: String,
    /// The country of the other number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate_cc: Option<String>,
    /// What this person shows on the developers' host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

fn india() -> String {
    "91".to_owned()
}

impl Record for User {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.uuid)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let company = ("company", Cow::Borrowed(self.company_id.as_str()));
        let token = self.token.as_deref();
        let token = token.map(|token| ("token", Cow::Borrowed(token)));
        std::iter::once(company).chain(token).collect()
    }
}

impl User {
    /// The number that is called, as networks write it.
    #[must_use]
    pub fn e164(&self) -> String {
        format!("+{}{}", self.country_code, self.contact_number)
    }

    /// Whether calls are put through.
    #[must_use]
    pub fn takes_calls(&self) -> bool {
        self.is_active == "1" && self.is_available == 1
    }

    /// Whether this person may add others.
    fn manages(&self) -> bool {
        matches!(self.role_id.as_str(), "1" | "2")
    }

    /// Whether somebody who looks for `keyword` means this person.
    fn fits(&self, keyword: &str) -> bool {
        let sought = keyword.to_lowercase();
        let text = |text: &str| text.to_lowercase().contains(&sought);
        let is_number = keyword
            .chars()
            .all(|letter| letter.is_ascii_digit() || "+-() ".contains(letter));
        let number = digits(keyword);
        // Clients look for the last ten digits, some with the country code before them.
        let tail = &number[number.len().saturating_sub(10)..];
        let called = |own: &str| is_number && !tail.is_empty() && own.contains(tail);
        text(&self.name)
            || self.email.as_deref().is_some_and(text)
            || called(&self.contact_number)
            || self.alternate_number.as_deref().is_some_and(called)
    }
}

/// A person as lists show them.
#[derive(Debug, Serialize)]
pub struct Shown {
    user_id: String,
    uuid: String,
    company_id: String,
    name: String,
    email: Option<String>,
    extension: String,
    contact_number: String,
    contact_type: Option<String>,
    alternate_number: Option<String>,
    alternate_contact_type: Option<String>,
    role_id: String,
    is_active: String,
    is_enabled: String,
    is_available: u8,
}

impl From<&User> for Shown {
    fn from(user: &User) -> Self {
        let user = user.clone();
        Self {
            user_id: user.user_id,
            uuid: user.uuid,
            company_id: user.company_id,
            name: user.name,
            email: user.email,
            extension: user.extension,
            contact_number: user.contact_number,
            contact_type: user.contact_type,
            alternate_number: user.alternate_number,
            alternate_contact_type: user.alternate_contact_type,
            role_id: user.role_id,
            is_active: user.is_active,
            is_enabled: user.is_enabled,
            is_available: user.is_available,
        }
    }
}

/// A page of people.
#[derive(Debug, Serialize)]
pub struct Page {
    status: &'static str,
    page_size: usize,
    total_user: usize,
    data: Vec<Shown>,
    /// The next page's number; empty on the last one.
    next_page: String,
    /// The previous page's number; empty on the first one.
    prev_page: String,
    code: u16,
}

/// How many people a page shows when nobody says.
const PAGE: u64 = 20;

/// The most it shows.
const LARGEST_PAGE: u64 = 100;

/// `GET /search/user` — lists the users of the company, or those that fit a keyword.
pub async fn list(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
) -> Result<Json<Page>, Error> {
    let parameters = Parameters::of(&call);
    let number = parameters.number("page")?.unwrap_or(1).max(1);
    let size = parameters.number("page-size")?.unwrap_or(PAGE);
    let size = usize::try_from(size.clamp(1, LARGEST_PAGE)).unwrap_or(1);
    let keyword = parameters.get("keyword");
    let found: Vec<Shown> = store.read(|vendor, _| {
        let users = vendor.users.by("company", &caller.company);
        let fitting = users.filter(|user| keyword.as_deref().is_none_or(|word| user.fits(word)));
        fitting.map(Shown::from).collect()
    });
    let total_user = found.len();
    let all = parameters.get("_all").is_some_and(|all| all == "1");
    let size = if all { total_user.max(1) } else { size };
    let number = if all {
        1
    } else {
        usize::try_from(number).unwrap_or(usize::MAX)
    };
    let before = (number - 1).saturating_mul(size);
    let data: Vec<_> = found.into_iter().skip(before).take(size).collect();
    let page = |exists: bool, number: usize| {
        if exists {
            number.to_string()
        } else {
            String::new()
        }
    };
    Ok(Json(Page {
        status: "success",
        page_size: size,
        total_user,
        next_page: page(
            before.saturating_add(size) < total_user,
            number.saturating_add(1),
        ),
        prev_page: page(number > 1, number - 1),
        data,
        code: 200,
    }))
}

/// Who was added.
#[derive(Debug, Serialize)]
pub struct Added {
    status: &'static str,
    code: u16,
    message: &'static str,
    uuid: String,
}

/// `POST /search/user` — adds a user.
pub async fn create(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
) -> Result<Json<Added>, Error> {
    let parameters = Parameters::of(&call);
    let draft = Draft::read(parameters)?;
    let uuid = store.try_write(|vendor, moment| vendor.add_user(&caller, draft, moment))?;
    Ok(Json(Added {
        status: "success",
        code: 200,
        message: "user added successfully",
        uuid,
    }))
}

/// That somebody was changed.
#[derive(Debug, Serialize)]
pub struct Changed {
    status: &'static str,
    code: u16,
    message: &'static str,
}

/// `PUT /search/user` — changes what is given of a user.
pub async fn update(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
) -> Result<Json<Changed>, Error> {
    let parameters = Parameters::of(&call);
    let uuid = parameters.required("uuid")?;
    let draft = Draft::read(parameters)?;
    store.try_write(|vendor, _| vendor.change_user(&caller.company, &uuid, draft))?;
    Ok(Json(Changed {
        status: "success",
        code: 200,
        message: "user updated successfully",
    }))
}

/// What a caller says about a user.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    name: Option<String>,
    contact_number: Option<String>,
    country_code: Option<String>,
    extension: Option<String>,
    email: Option<String>,
    alternate_contact_number: Option<String>,
    alternate_cc: Option<String>,
    panel_access: Option<bool>,
    receive_calls: Option<bool>,
    contact_type: Option<String>,
}

fn invalid(name: &str) -> Error {
    Error::ParameterInvalid(format!("{name} is invalid"))
}

fn required(name: &str) -> Error {
    Error::ParameterInvalid(format!("{name} is required"))
}

impl Draft {
    /// What a call says, each value as it must be.
    ///
    /// # Errors
    /// When one is not.
    pub fn read(parameters: Parameters<'_>) -> Result<Self, Error> {
        let number = |name: &str, lengths: std::ops::RangeInclusive<usize>| {
            let Some(text) = parameters.get(name) else {
                return Ok(None);
            };
            let digits = text.strip_prefix('+').unwrap_or(&text).to_owned();
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            if is_number && lengths.contains(&digits.len()) {
                Ok(Some(digits))
            } else {
                Err(invalid(name))
            }
        };
        // 1 is yes and 2 is no; for calls some clients write 0 where the documentation has 2.
        let switch = |name: &str, off: &[&str]| match parameters.get(name).as_deref() {
            None => Ok(None),
            Some("1") => Ok(Some(true)),
            Some(text) if off.contains(&text) => Ok(Some(false)),
            Some(_) => Err(invalid(name)),
        };
        let extension = parameters.get("extension");
        if let Some(text) = &extension
            && !text
                .parse()
                .is_ok_and(|number: u8| (11..=99).contains(&number))
        {
            return Err(invalid("extension"));
        }
        let email = parameters.get("email");
        if email.as_deref().is_some_and(|email| !email.contains('@')) {
            return Err(invalid("email"));
        }
        let contact_type = parameters.get("contact_type");
        let known = |kind: &str| matches!(kind, "mobile" | "sip" | "landline");
        if contact_type.as_deref().is_some_and(|kind| !known(kind)) {
            return Err(invalid("contact_type"));
        }
        let draft = Self {
            name: parameters.get("name"),
            contact_number: number("contact_number", 6..=15)?,
            country_code: number("country_code", 1..=4)?,
            extension,
            email,
            alternate_contact_number: number("alternate_contact_number", 6..=15)?,
            alternate_cc: number("alternate_cc", 1..=4)?,
            panel_access: switch("panel_access", &["2"])?,
            receive_calls: switch("receive_calls", &["2", "0"])?,
            contact_type,
        };
        if draft.alternate_contact_number.is_some() && draft.alternate_cc.is_none() {
            return Err(required("alternate_cc"));
        }
        Ok(draft)
    }
}

impl MyOperator {
    /// Adds a user and returns the id.
    ///
    /// # Errors
    /// When the caller may not, something is missing, or extension or number are taken.
    pub fn add_user(
        &mut self,
        caller: &Caller,
        draft: Draft,
        moment: &mut Moment<'_, Self>,
    ) -> Result<String, Error> {
        let manages = |uuid: &String| self.users.get(uuid).is_some_and(User::manages);
        if !caller.user.as_ref().is_none_or(manages) {
            return Err(Error::MayNotAddUsers);
        }
        let uuid = moment.ids.hex(16);
        let mut user = User {
            user_id: moment.ids.hex(16),
            uuid: uuid.clone(),
            company_id: caller.company.clone(),
            name: draft.name.clone().ok_or_else(|| required("name"))?,
            email: None,
            extension: String::new(),
            contact_number: draft
                .contact_number
                .clone()
                .ok_or_else(|| required("contact_number"))?,
            contact_type: Some("mobile".to_owned()),
            alternate_number: None,
            alternate_contact_type: None,
            role_id: "8".to_owned(),
            is_active: "1".to_owned(),
            is_enabled: "1".to_owned(),
            is_available: 1,
            country_code: draft
                .country_code
                .clone()
                .ok_or_else(|| required("country_code"))?,
            alternate_cc: None,
            token: None,
        };
        if draft.extension.is_none() {
            return Err(required("extension"));
        }
        self.check_free(&user, &draft)?;
        draft.fill(&mut user);
        self.users.put(user);
        Ok(uuid)
    }

    /// Changes what is given of a user.
    ///
    /// # Errors
    /// When there is no such user, or extension or number are taken.
    pub fn change_user(&mut self, company: &str, uuid: &str, draft: Draft) -> Result<(), Error> {
        let own = self
            .users
            .get(uuid)
            .filter(|user| user.company_id == company);
        let mut user = own
            .cloned()
            .ok_or_else(|| Error::ParameterInvalid("user not found".to_owned()))?;
        self.check_free(&user, &draft)?;
        draft.fill(&mut user);
        self.users.put(user);
        Ok(())
    }

    /// An extension belongs to one user of a company, and so does a number; it may be the other number of others.
    fn check_free(&self, user: &User, draft: &Draft) -> Result<(), Error> {
        let mut others = self
            .users
            .by("company", &user.company_id)
            .filter(|other| other.uuid != user.uuid);
        let taken = |what: &str| Err(Error::ParameterInvalid(format!("{what} already exists")));
        let country = draft.country_code.as_ref().unwrap_or(&user.country_code);
        let same_number = |other: &User| {
            draft.contact_number.as_ref() == Some(&other.contact_number)
                && *country == other.country_code
        };
        let same_extension = |other: &User| draft.extension.as_ref() == Some(&other.extension);
        match others.find(|other| same_extension(other) || same_number(other)) {
            Some(other) if same_extension(other) => taken("extension"),
            Some(_) => taken("contact number"),
            None => Ok(()),
        }
    }

    /// The user of a company that is meant by an id, an extension or a number.
    pub fn user_called(&self, company: &str, name: &str) -> Option<&User> {
        let number = digits(name);
        self.users.by("company", company).find(|user| {
            user.uuid == name
                || user.user_id == name
                || user.extension == name
                || (number.len() >= 6 && user.e164().ends_with(&number))
        })
    }
}

impl Draft {
    fn fill(self, user: &mut User) {
        fn set<T>(place: &mut T, given: Option<T>) {
            if let Some(given) = given {
                *place = given;
            }
        }
        let flag = |on: bool| if on { "1" } else { "0" }.to_owned();
        set(&mut user.name, self.name);
        set(&mut user.contact_number, self.contact_number);
        set(&mut user.country_code, self.country_code);
        set(&mut user.extension, self.extension);
        set(&mut user.email, self.email.map(Some));
        if self.alternate_contact_number.is_some() {
            user.alternate_contact_type = Some("mobile".to_owned());
        }
        set(
            &mut user.alternate_number,
            self.alternate_contact_number.map(Some),
        );
        set(&mut user.alternate_cc, self.alternate_cc.map(Some));
        set(&mut user.is_enabled, self.panel_access.map(flag));
        set(&mut user.is_available, self.receive_calls.map(u8::from));
        set(&mut user.contact_type, self.contact_type.map(Some));
    }
}
