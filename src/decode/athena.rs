//! What `aws athena get-query-results` prints: rows without the names of their columns, which stand beside them and in the
//! first row.

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResultSet {
    rows: Vec<Row>,
    #[serde(default)]
    result_set_metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    data: Vec<Datum>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datum {
    var_char_value: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    #[serde(default)]
    column_info: Vec<ColumnInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ColumnInfo {
    name: String,
}

/// The rows of a `ResultSet`, each as an object; `None` for any other object.
///
/// Source: AWS CLI reference, `aws athena get-query-results`: the first row of the first page holds the names.
pub(super) fn rows(object: &str) -> Option<Vec<String>> {
    let set: ResultSet = serde_json::from_str(object).ok()?;
    let texts =
        |row: &Row| -> Vec<Option<String>> { row.data.iter().map(|datum| datum.var_char_value.clone()).collect() };
    let mut rows: Vec<Vec<Option<String>>> = set.rows.iter().map(texts).collect();
    let first: Option<Vec<String>> = rows.first().and_then(|row| row.iter().cloned().collect());
    let mut names: Vec<String> = set.result_set_metadata.column_info.into_iter().map(|column| column.name).collect();
    if names.is_empty() {
        names = first.clone()?;
    }
    if first.as_ref() == Some(&names) {
        rows.remove(0);
    }
    let object = |row: Vec<Option<String>>| -> String {
        let cells = row.into_iter().map(|cell| cell.map_or(Value::Null, Value::from));
        Value::from(names.iter().cloned().zip(cells).collect::<Map<_, _>>()).to_string()
    };
    Some(rows.into_iter().map(object).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_names_come_from_the_first_row_or_stand_beside() {
        let data = |cells: [Option<&str>; 2]| {
            let datum = |cell: Option<&str>| cell.map_or(json!({}), |text| json!({"VarCharValue": text}));
            json!({"Data": cells.map(datum)})
        };
        let (head, row) = (data([Some("eventname"), Some("errorcode")]), data([Some("x"), None]));
        let metadata = json!({"ColumnInfo": [{"Name": "eventname", "Type": "varchar"}, {"Name": "errorcode"}]});
        let expected = Some(vec![json!({"eventname": "x", "errorcode": null}).to_string()]);
        assert_eq!(rows(&json!({"Rows": [head, row]}).to_string()), expected);
        assert_eq!(rows(&json!({"Rows": [head, row], "ResultSetMetadata": metadata}).to_string()), expected);
        assert_eq!(rows(&json!({"Rows": [row], "ResultSetMetadata": metadata}).to_string()), expected);
        assert_eq!(rows(&json!({"Rows": [], "ResultSetMetadata": metadata}).to_string()), Some(Vec::new()));
        for other in [json!({"Rows": [1]}), json!({"rows": []}), json!({"Rows": []}), json!({"Rows": [row]})] {
            assert_eq!(rows(&other.to_string()), None, "{other}");
        }
    }
}
