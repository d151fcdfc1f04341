//! Three-way edits: what the person saw, what they made of it, and what the record says by now.

use super::{Planted, planted};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One field as it was seen and as it shall be. `null` stands for empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldEdit {
    /// The field's name in the record.
    pub field: String,
    /// What the person saw.
    pub was: Value,
    /// What it shall be.
    pub now: Value,
}

/// A field two people changed differently, which no rule may settle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// The field's name in the record.
    pub field: String,
    /// What the record says now.
    pub theirs: Value,
    /// What this edit wanted.
    pub mine: Value,
}

/// The result of an edit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// The record's fields after it.
    pub fields: Map<String, Value>,
    /// Fields that were changed by this edit.
    pub applied: Vec<String>,
    /// Plain fields somebody else had changed meanwhile: this later edit won, the earlier value stays in the history.
    pub overruled: Vec<FieldConflict>,
    /// Guarded fields somebody else had changed meanwhile: left as they are, for a person to choose.
    pub conflicts: Vec<FieldConflict>,
}

/// Applies edits to a record's current fields. `guarded` names the fields (identity, safety) that no later edit may overrule.
#[must_use]
pub fn three_way(current: &Map<String, Value>, edits: &[FieldEdit], guarded: &[&str]) -> Merged {
    let mut merged = Merged { fields: current.clone(), ..Merged::default() };
    for edit in edits {
        let theirs = current.get(&edit.field).cloned().unwrap_or(Value::Null);
        if theirs == edit.now {
            continue;
        }
        let clash =
            || FieldConflict { field: edit.field.clone(), theirs: theirs.clone(), mine: edit.now.clone() };
        if theirs != edit.was {
            if guarded.contains(&edit.field.as_str()) && !planted(Planted::LastWriteWins) {
                merged.conflicts.push(clash());
                continue;
            }
            merged.overruled.push(clash());
        }
        if edit.now.is_null() {
            merged.fields.remove(&edit.field);
        } else {
            merged.fields.insert(edit.field.clone(), edit.now.clone());
        }
        merged.applied.push(edit.field.clone());
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(current: Value, edit: (Value, Value), guarded: bool) -> Merged {
        let current = current.as_object().unwrap().clone();
        let edits = [FieldEdit { field: "phone".to_owned(), was: edit.0, now: edit.1 }];
        three_way(&current, &edits, if guarded { &["phone"] } else { &[] })
    }

    #[test]
    fn an_untouched_field_takes_the_edit() {
        let merged = check(json!({"phone": "1"}), (json!("1"), json!("2")), true);
        assert_eq!(merged.fields["phone"], "2");
        assert!(merged.conflicts.is_empty() && merged.overruled.is_empty());
    }

    #[test]
    fn the_same_edit_twice_is_one() {
        let merged = check(json!({"phone": "2"}), (json!("1"), json!("2")), true);
        assert!(merged.applied.is_empty() && merged.conflicts.is_empty());
    }

    #[test]
    fn a_guarded_field_changed_by_two_is_a_conflict_with_both_values() {
        let merged = check(json!({"phone": "3"}), (json!("1"), json!("2")), true);
        assert_eq!(merged.fields["phone"], "3");
        assert_eq!(
            merged.conflicts,
            [FieldConflict { field: "phone".to_owned(), theirs: json!("3"), mine: json!("2") }]
        );
    }

    #[test]
    fn a_plain_field_changed_by_two_keeps_the_later_and_says_so() {
        let merged = check(json!({"phone": "3"}), (json!("1"), json!("2")), false);
        assert_eq!(merged.fields["phone"], "2");
        assert_eq!(merged.overruled.len(), 1);
    }

    #[test]
    fn emptying_a_field_removes_it() {
        let merged = check(json!({"phone": "1"}), (json!("1"), Value::Null), true);
        assert!(!merged.fields.contains_key("phone"));
    }
}
