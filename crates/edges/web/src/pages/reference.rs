//! `GET /api/docs`: the description of REST for people, made from the same document that programs read.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde_json::Value;

use super::{Trouble, plain};
use crate::Web;

/// The whole reference on one page.
pub(crate) async fn show(State(web): State<Web>) -> Response {
    let Some(description) = web.description() else {
        return Trouble::NoPage.into_response();
    };
    let main = reference(description, &web.site().link("/api/openapi.json"));
    plain::page(web.site(), "REST reference", &main).into_response()
}

/// A route as the description has it.
struct Operation<'d> {
    path: &'d str,
    method: &'d str,
    about: &'d Value,
}

fn operations<'d>(description: &'d Value, tag: &str) -> Vec<Operation<'d>> {
    let paths = description["paths"].as_object();
    let all = paths.into_iter().flatten().flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, about)| Operation {
            path,
            method,
            about,
        })
    });
    all.filter(|operation| operation.about["tags"][0] == tag)
        .collect()
}

fn reference(description: &Value, document: &str) -> Markup {
    let info = &description["info"];
    let tags = description["tags"].as_array();
    let schemas = description["components"]["schemas"].as_object();
    html! {
        p { (words(&info["description"])) }
        p {
            "Version " (words(&info["version"])) ". For programs: " a href=(document) { "the same as OpenAPI" } ". "
            "Send " code { "Authorization: Bearer TOKEN" } " with the operator's token, or with one of a server's own: "
            code { "guildhall token create" } "."
        }
        @for tag in tags.into_iter().flatten() {
            @let name = words(&tag["name"]);
            section.reference aria-labelledby=(name) {
                h2 id=(name) { (words(&tag["description"])) }
                @for operation in operations(description, name) { (route(description, &operation)) }
            }
        }
        section.reference aria-labelledby="shapes" {
            h2 id="shapes" { "Shapes" }
            @for (name, schema) in schemas.into_iter().flatten() {
                details id=(anchor(name)) {
                    summary { code { (name) } }
                    p { (words(&schema["description"])) }
                    (fields(schema))
                }
            }
        }
    }
}

fn route(description: &Value, operation: &Operation<'_>) -> Markup {
    let about = operation.about;
    let scope = words(&about["security"][0]["token"][0]);
    let parameters = about["parameters"].as_array();
    let body = &about["requestBody"]["content"]["application/json"]["schema"];
    html! {
        details id=(words(&about["operationId"])) {
            summary {
                span.method { (operation.method.to_uppercase()) }
                code { (operation.path) }
                span.about { (words(&about["summary"])) }
            }
            p { "Needs the scope " code { (scope) } "." }
            table {
                thead { tr { th scope="col" { "Parameter" } th scope="col" { "Where" } th scope="col" { "What" } } }
                tbody {
                    @for parameter in parameters.into_iter().flatten() {
                        tr {
                            th scope="row" { code { (words(&parameter["name"])) } @if parameter["required"] != true { " (optional)" } }
                            td { (words(&parameter["in"])) }
                            td { (words(&parameter["description"])) " " (kind(&parameter["schema"])) }
                        }
                    }
                }
            }
            @if !body.is_null() { h3 { "Body" } p { (kind(body)) } }
            h3 { "Answers" }
            ul {
                @for (status, answer) in about["responses"].as_object().into_iter().flatten() {
                    (answered(description, status, answer))
                }
            }
        }
    }
}

fn answered(description: &Value, status: &str, answer: &Value) -> Markup {
    let answer = match answer["$ref"]
        .as_str()
        .and_then(|name| name.strip_prefix('#'))
    {
        Some(pointer) => description.pointer(pointer).unwrap_or(answer),
        None => answer,
    };
    let content = answer["content"].as_object();
    let schema = content.and_then(|content| content.values().next());
    html! {
        li {
            code { (status) } " " (words(&answer["description"]))
            @if let Some(content) = schema { " " (kind(&content["schema"])) }
        }
    }
}

/// The fields of a shape.
fn fields(schema: &Value) -> Markup {
    let required = |name: &str| {
        let names = schema["required"].as_array();
        names.is_some_and(|names| names.iter().any(|one| one == name))
    };
    html! {
        @if let Some(properties) = schema["properties"].as_object() {
            table {
                thead { tr { th scope="col" { "Field" } th scope="col" { "What" } } }
                tbody {
                    @for (name, property) in properties {
                        tr {
                            th scope="row" { code { (name) } @if !required(name) { " (optional)" } }
                            td { (kind(property)) " " (words(&property["description"])) }
                        }
                    }
                }
            }
        }
    }
}

/// What sort of value it is; a shape leads to itself.
fn kind(schema: &Value) -> Markup {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return html! { a href={ "#" (anchor(name)) } { code { (name) } } };
    }
    let several = schema["oneOf"]
        .as_array()
        .or_else(|| schema["anyOf"].as_array());
    if let Some(several) = several {
        return html! {
            @for (place, one) in several.iter().enumerate() {
                @if place > 0 { " or " }
                (kind(one))
            }
        };
    }
    if schema["type"] == "array" {
        return html! { "list of " (kind(&schema["items"])) };
    }
    html! { span.kind { (sort(schema)) } }
}

fn sort(schema: &Value) -> String {
    let named = match &schema["type"] {
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" or "),
        name => words(name).to_owned(),
    };
    let bounds = [("minimum", "at least"), ("maximum", "at most")];
    let bounds = bounds.into_iter().filter_map(|(key, word)| {
        let bound = schema[key].as_number()?;
        Some(format!(", {word} {bound}"))
    });
    bounds.fold(named, |named, bound| named + &bound)
}

fn anchor(name: &str) -> String {
    format!("shape-{name}")
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::reference;

    #[test]
    fn every_route_shape_and_answer_of_a_description_can_be_read() {
        let description = json!({
            "info": {"version": "1", "description": "About <it>"},
            "tags": [{"name": "economy", "description": "Coins"}],
            "paths": {"/api/v1/guilds/{guild_id}/supply": {"get": {
                "tags": ["economy"], "operationId": "supply", "summary": "How many",
                "security": [{"token": ["economy:read"]}],
                "parameters": [{"name": "guild_id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {
                    "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Supply"}}}},
                    "401": {"$ref": "#/components/responses/Problem401"}}}}},
            "components": {
                "schemas": {"Supply": {"required": ["sum"], "properties": {
                    "sum": {"type": "integer", "minimum": 0}, "names": {"type": "array", "items": {"type": "string"}}}}},
                "responses": {"Problem401": {"description": "No token"}}},
        });
        let page = reference(&description, "/api/openapi.json").into_string();
        for wanted in [
            "About &lt;it&gt;",
            "economy:read",
            "href=\"#shape-Supply\"",
            "No token",
            "integer, at least 0",
            "list of ",
            "names</code> (optional)",
        ] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
    }
}
