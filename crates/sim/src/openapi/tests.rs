//! The checker against a small description of our own: each keyword both ways.

use serde_json::{Value, json};

use super::{Asked, OpenApi, OpenApiError, Side};

fn description() -> OpenApi {
    let document = json!({
        "paths": {
            "/things": {
                "get": {
                    "parameters": [
                        {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                        {"in": "query", "name": "exact", "schema": {"type": "boolean"}}
                    ],
                    "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/schemas/Thing"}, "uniqueItems": true}}}},
                                  "4XX": {"$ref": "#/responses/Refused"}}
                },
                "post": {
                    "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/schemas/NewThing"}}}},
                    "responses": {"204": {}, "4XX": {"$ref": "#/responses/Refused"}}
                }
            },
            "/things/{id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/schemas/Thing"}}}}}}},
            "/things/@mine": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}}}}
        },
        "responses": {"Refused": {"content": {"application/json": {"schema": {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}}}}}}},
        "schemas": {
            "Id": {"type": "string", "pattern": "^(0|[1-9][0-9]*)$", "format": "snowflake"},
            "Thing": {"type": "object", "required": ["id", "at"], "properties": {
                "id": {"$ref": "#/schemas/Id"},
                "at": {"type": ["string", "null"], "format": "date-time"},
                "part": {"oneOf": [{"type": "null"}, {"$ref": "#/schemas/Round"}, {"$ref": "#/schemas/Square"}]},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 1}
            }},
            "Round": {"type": "object", "required": ["type", "radius"], "properties": {"type": {"const": 1}, "radius": {"type": "integer", "format": "int32"}}},
            "Square": {"type": "object", "required": ["type", "side"], "additionalProperties": false, "properties": {"type": {"enum": [2]}, "side": {"type": "number"}}},
            "NewThing": {"allOf": [{"type": "object", "required": ["name"]}, {"properties": {"name": {"type": "string", "minLength": 1, "maxLength": 3}, "home": {"type": "string", "format": "uri"}}}]}
        }
    });
    OpenApi::from_document(document).expect("a sound description")
}

fn asked<'a>(
    method: &'a str,
    path: &'a str,
    query: &'a [(String, String)],
    body: Option<&'a Value>,
) -> Asked<'a> {
    Asked {
        method,
        path,
        query,
        body,
    }
}

fn pointers_of_thing(thing: &Value) -> Vec<String> {
    let found =
        description().check_response(asked("GET", "/things/7", &[], None), 200, Some(thing));
    found
        .into_iter()
        .map(|violation| violation.pointer)
        .collect()
}

#[test]
fn a_fitting_answer_passes() {
    let none: Vec<String> = Vec::new();
    assert_eq!(pointers_of_thing(&json!({"id": "7", "at": null})), none);
    assert_eq!(
        pointers_of_thing(
            &json!({"id": "7", "at": "2026-11-20T10:00:00.000000+00:00", "part": {"type": 1, "radius": 3}, "extra": 1})
        ),
        none
    );
    assert_eq!(
        pointers_of_thing(
            &json!({"id": "7", "at": null, "part": {"type": 2, "side": 1.5}, "labels": {"a": "b"}})
        ),
        none
    );
}

#[test]
fn each_keyword_finds_its_fault() {
    for (thing, pointer) in [
        (json!({"at": null}), "/id"),
        (json!({"id": 7, "at": null}), "/id"),
        (json!({"id": "07", "at": null}), "/id"),
        (json!({"id": "99999999999999999999999", "at": null}), "/id"),
        (json!({"id": "7", "at": "yesterday"}), "/at"),
        (
            json!({"id": "7", "at": null, "part": {"type": 1, "radius": 3_000_000_000_u64}}),
            "/part/radius",
        ),
        (
            json!({"id": "7", "at": null, "part": {"type": 2, "side": 1, "colour": 1}}),
            "/part/colour",
        ),
        (
            json!({"id": "7", "at": null, "part": {"type": 3}}),
            "/part/type",
        ),
        (
            json!({"id": "7", "at": null, "labels": {"a": 1}}),
            "/labels/a",
        ),
        (
            json!({"id": "7", "at": null, "labels": {"a": "b", "c": "d"}}),
            "/labels",
        ),
        (json!([]), ""),
    ] {
        let found = pointers_of_thing(&thing);
        assert!(
            found.iter().any(|at| at == pointer),
            "{thing} gave {found:?}, not {pointer}"
        );
    }
}

#[test]
fn a_literal_path_wins_over_a_parameter() {
    let api = description();
    assert!(
        api.check_response(
            asked("GET", "/things/@mine", &[], None),
            200,
            Some(&json!("text"))
        )
        .is_empty()
    );
}

#[test]
fn paths_methods_and_statuses_outside_the_description_are_found() {
    let api = description();
    assert_eq!(
        api.check_request(asked("GET", "/nothing", &[], None)).len(),
        1
    );
    assert_eq!(
        api.check_request(asked("DELETE", "/things", &[], None))
            .len(),
        1
    );
    assert_eq!(
        api.check_response(asked("POST", "/things", &[], None), 200, None)
            .len(),
        1
    );
    assert_eq!(
        api.check_response(asked("POST", "/things", &[], None), 204, Some(&json!({})))
            .len(),
        1
    );
    assert_eq!(
        api.check_response(asked("GET", "/things", &[], None), 404, Some(&json!({})))
            .len(),
        1
    );
    assert!(
        api.check_response(asked("GET", "/things", &[], None), 502, None)
            .is_empty()
    );
}

#[test]
fn bodies_and_queries_of_requests_are_checked() {
    let api = description();
    let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    assert!(
        api.check_request(asked("GET", "/things", &pair("limit", "5"), None))
            .is_empty()
    );
    assert!(
        api.check_request(asked("GET", "/things", &pair("exact", "true"), None))
            .is_empty()
    );
    for (name, value) in [
        ("limit", "0"),
        ("limit", "many"),
        ("exact", "perhaps"),
        ("colour", "red"),
    ] {
        assert_eq!(
            api.check_request(asked("GET", "/things", &pair(name, value), None))
                .len(),
            1,
            "{name}={value}"
        );
    }
    assert!(
        api.check_request(asked(
            "POST",
            "/things",
            &[],
            Some(&json!({"name": "abc", "home": "https://example.org"}))
        ))
        .is_empty()
    );
    for body in [
        None,
        Some(json!({})),
        Some(json!({"name": ""})),
        Some(json!({"name": "long"})),
        Some(json!({"name": "a", "home": "nowhere"})),
    ] {
        assert_eq!(
            api.check_request(asked("POST", "/things", &[], body.as_ref()))
                .len(),
            1,
            "{body:?}"
        );
    }
}

#[test]
fn what_was_found_is_kept_and_counted() {
    let api = description();
    for _ in 0..super::VIOLATIONS_KEPT_MAX + 5 {
        api.check_request(asked("GET", "/nothing", &[], None));
    }
    assert_eq!(api.violations().len(), super::VIOLATIONS_KEPT_MAX);
    assert_eq!(
        api.violations_total(),
        super::VIOLATIONS_KEPT_MAX as u64 + 5
    );
    assert_eq!(api.violations()[0].side, Side::Request);
}

#[test]
fn an_unusable_description_says_why() {
    assert!(matches!(
        OpenApi::from_document(json!({})),
        Err(OpenApiError::NoPaths)
    ));
    let bad = json!({"paths": {}, "schemas": {"A": {"pattern": "("}}});
    assert!(matches!(
        OpenApi::from_document(bad),
        Err(OpenApiError::Pattern(_))
    ));
    assert!(matches!(
        OpenApi::load(std::path::Path::new("/nowhere/at/all")),
        Err(OpenApiError::Unreadable { .. })
    ));
}
