//! Records by key, in insertion order, with secondary keys, that can take a transaction back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Something a [`Table`] keeps.
pub trait Record: Clone + Serialize + DeserializeOwned + Send + 'static {
    /// What tells this record from all others of its table.
    fn key(&self) -> Cow<'_, str>;

    /// Further keys, by the name of the index: many records may share one.
    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        Vec::new()
    }
}

/// Something that remembers what the running transaction touched.
pub trait Transaction {
    /// Keeps what was changed.
    fn commit(&mut self);
    /// Takes back what was changed, at the cost of the change.
    fn rollback(&mut self);
    /// How many changes the running transaction made.
    fn touched(&self) -> usize;
}

/// Records of one kind. Serialised as an array, oldest first.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: BTreeMap<u64, T>,
    keys: HashMap<Box<str>, u64>,
    indexes: HashMap<&'static str, HashMap<Box<str>, BTreeSet<u64>>>,
    next: u64,
    undo: Vec<Undo<T>>,
}

/// What a row was before the running transaction changed it.
#[derive(Clone, Debug)]
struct Undo<T> {
    row: u64,
    before: Option<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            keys: HashMap::new(),
            indexes: HashMap::new(),
            next: 0,
            undo: Vec::new(),
        }
    }
}

impl<T: Record> Table<T> {
    /// The record with this key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.keys.get(key).and_then(|row| self.rows.get(row))
    }

    /// Whether there is a record with this key.
    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// All records, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// The records that share a secondary key, oldest first.
    pub fn by<'a>(
        &'a self,
        index: &str,
        value: &str,
    ) -> impl DoubleEndedIterator<Item = &'a T> + use<'a, T> {
        let rows = self.indexes.get(index).and_then(|values| values.get(value));
        rows.into_iter()
            .flatten()
            .filter_map(|row| self.rows.get(row))
    }

    /// How many records share a secondary key.
    pub fn count_by(&self, index: &str, value: &str) -> usize {
        self.indexes
            .get(index)
            .and_then(|values| values.get(value))
            .map_or(0, BTreeSet::len)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Keeps a record: in the place of the one with its key, or at the end.
    pub fn put(&mut self, record: T) -> &T {
        let row = self
            .keys
            .get(record.key().as_ref())
            .copied()
            .unwrap_or_else(|| {
                self.next += 1;
                self.next
            });
        let before = self.set(row, Some(record));
        self.undo.push(Undo { row, before });
        &self.rows[&row]
    }

    /// Changes the record with this key; `None` when there is none.
    ///
    /// The change must not alter the record's key.
    pub fn update<R>(&mut self, key: &str, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let row = *self.keys.get(key)?;
        let record = self.rows.get_mut(&row)?;
        let before = record.clone();
        // Noted first, so that a change that panics half-way can be taken back.
        let changed = self.undo.len();
        self.undo.push(Undo {
            row,
            before: Some(before),
        });
        let result = change(record);
        debug_assert_eq!(record.key(), key, "an update keeps the key");
        let before = self.undo[changed].before.as_ref();
        if before.is_some_and(|before| before.secondary() != record.secondary()) {
            let record = record.clone();
            let before = before.cloned();
            self.rows.remove(&row);
            if let Some(before) = before {
                self.rows.insert(row, before);
            }
            self.set(row, Some(record));
        }
        Some(result)
    }

    /// Takes out the record with this key.
    pub fn remove(&mut self, key: &str) -> Option<T> {
        let row = *self.keys.get(key)?;
        let before = self.set(row, None);
        self.undo.push(Undo {
            row,
            before: before.clone(),
        });
        before
    }

    /// Puts `record` (or nothing) into a row, with all its keys, and returns what was there.
    fn set(&mut self, row: u64, record: Option<T>) -> Option<T> {
        let before = self.rows.remove(&row);
        let same_keys = match (&before, &record) {
            (Some(old), Some(new)) => old.key() == new.key() && old.secondary() == new.secondary(),
            _ => false,
        };
        if !same_keys {
            if let Some(old) = &before {
                self.keys.remove(old.key().as_ref());
                for (index, value) in old.secondary() {
                    if let Some(values) = self.indexes.get_mut(index)
                        && let Some(rows) = values.get_mut(value.as_ref())
                    {
                        rows.remove(&row);
                        if rows.is_empty() {
                            values.remove(value.as_ref());
                        }
                    }
                }
            }
            if let Some(new) = &record {
                self.keys.insert(new.key().into(), row);
                for (index, value) in new.secondary() {
                    self.indexes
                        .entry(index)
                        .or_default()
                        .entry(value.into())
                        .or_default()
                        .insert(row);
                }
            }
        }
        if let Some(new) = record {
            self.rows.insert(row, new);
        }
        before
    }
}

impl<T: Record> Transaction for Table<T> {
    fn commit(&mut self) {
        self.undo.clear();
    }

    fn rollback(&mut self) {
        while let Some(Undo { row, before }) = self.undo.pop() {
            self.set(row, before);
        }
        // Rows handed out by the refused transaction are free again.
        self.next = self.rows.last_key_value().map_or(0, |(row, _)| *row);
    }

    fn touched(&self) -> usize {
        self.undo.len()
    }
}

impl<T: Record> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(records: I) -> Self {
        let mut table = Self::default();
        for record in records {
            table.put(record);
        }
        table.commit();
        table
    }
}

impl<T: Record> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.rows.len()))?;
        for record in self.rows.values() {
            sequence.serialize_element(record)?;
        }
        sequence.end()
    }
}

impl<'de, T: Record> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<T>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// One value of a vendor's state that is no table; it too can take a transaction back.
#[derive(Clone, Debug, Default)]
pub struct Single<T> {
    value: T,
    before: Option<T>,
}

impl<T: Clone> Single<T> {
    /// Keeps `value`.
    pub fn new(value: T) -> Self {
        Self {
            value,
            before: None,
        }
    }

    /// The value, to be changed.
    pub fn edit(&mut self) -> &mut T {
        if self.before.is_none() {
            self.before = Some(self.value.clone());
        }
        &mut self.value
    }
}

impl<T> Deref for Single<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Transaction for Single<T> {
    fn commit(&mut self) {
        self.before = None;
    }

    fn rollback(&mut self) {
        if let Some(before) = self.before.take() {
            self.value = before;
        }
    }

    fn touched(&self) -> usize {
        usize::from(self.before.is_some())
    }
}

impl<T: Serialize> Serialize for Single<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Single<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            value: T::deserialize(deserializer)?,
            before: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Pet {
        name: String,
        kind: String,
    }

    impl Record for Pet {
        fn key(&self) -> Cow<'_, str> {
            Cow::Borrowed(&self.name)
        }

        fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
            vec![("kind", Cow::Borrowed(&self.kind))]
        }
    }

    fn pet(name: &str, kind: &str) -> Pet {
        Pet {
            name: name.into(),
            kind: kind.into(),
        }
    }

    fn names<'a>(pets: impl Iterator<Item = &'a Pet>) -> Vec<&'a str> {
        pets.map(|pet| pet.name.as_str()).collect()
    }

    #[test]
    fn a_record_keeps_its_place_until_it_is_removed() {
        let mut pets: Table<Pet> = [pet("a", "cat"), pet("b", "dog"), pet("c", "cat")]
            .into_iter()
            .collect();
        pets.put(pet("a", "dog"));
        assert_eq!(names(pets.iter()), ["a", "b", "c"]);
        assert_eq!(names(pets.by("kind", "dog")), ["a", "b"]);
        pets.remove("a");
        pets.put(pet("a", "cat"));
        assert_eq!(names(pets.iter()), ["b", "c", "a"]);
        assert_eq!(pets.count_by("kind", "cat"), 2);
    }

    #[test]
    fn a_rollback_restores_rows_order_and_keys() {
        let mut pets: Table<Pet> = [pet("a", "cat"), pet("b", "dog")].into_iter().collect();
        let before = serde_json::to_string(&pets).unwrap();
        pets.remove("a");
        pets.put(pet("c", "cat"));
        pets.update("b", |pet| pet.kind = "cow".into());
        assert_eq!(pets.touched(), 3);
        pets.rollback();
        assert_eq!(serde_json::to_string(&pets).unwrap(), before);
        assert_eq!(names(pets.by("kind", "cat")), ["a"]);
        assert_eq!(names(pets.by("kind", "dog")), ["b"]);
        assert_eq!(pets.touched(), 0);
    }

    #[test]
    fn a_single_value_rolls_back_to_what_it_was() {
        let mut name = Single::new("a".to_owned());
        name.edit().push('b');
        name.edit().push('c');
        name.rollback();
        assert_eq!(*name, "a");
    }
}
