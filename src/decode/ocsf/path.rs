//! Values by their paths: `requestParameters.tagSet.items[0].key`, as `unmapped` names what it keeps.

use serde_json::{Map, Value};

/// Sets a value by its path; what was set before stays. `false` where the path leads through what is no object or list, or
/// past the end of a list.
pub(super) fn set(fields: &mut Map<String, Value>, path: &str, value: Value) -> bool {
    let mut steps = path.split('.').flat_map(|part| part.split(['[', ']'])).filter(|step| !step.is_empty());
    let Some(first) = steps.next() else { return false };
    let mut at = fields.entry(first).or_insert(Value::Null);
    for step in steps {
        match member(at, step) {
            Some(member) => at = member,
            None => return false,
        }
    }
    if at.is_null() {
        *at = value;
    }
    true
}

/// The member of that name, or the element of that number; made where it is missing.
fn member<'v>(value: &'v mut Value, step: &str) -> Option<&'v mut Value> {
    if value.is_null() {
        *value = if step == "0" { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match value {
        Value::Object(members) => Some(members.entry(step).or_insert(Value::Null)),
        Value::Array(elements) => {
            let place: usize = step.parse().ok()?;
            if place == elements.len() {
                elements.push(Value::Null);
            }
            elements.get_mut(place)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_set_where_their_paths_lead() {
        let mut fields = Map::new();
        for (path, is_set) in [
            ("a", true),
            ("b.c.d", true),
            ("b.c.e", true),
            ("list[0].x", true),
            ("list[0].y", true),
            ("list[1].x", true),
            ("list[3].x", false),
            ("dotted.0.x", true),
            ("dotted.1", true),
            ("year.2026", true),
            ("a.b", false),
            ("a", true),
            ("", false),
            ("..", false),
        ] {
            assert_eq!(set(&mut fields, path, path.into()), is_set, "{path}");
        }
        let expected = json!({"a": "a", "b": {"c": {"d": "b.c.d", "e": "b.c.e"}},
            "list": [{"x": "list[0].x", "y": "list[0].y"}, {"x": "list[1].x"}],
            "dotted": [{"x": "dotted.0.x"}, "dotted.1"], "year": {"2026": "year.2026"}});
        assert_eq!(Value::from(fields), expected);
    }
}
