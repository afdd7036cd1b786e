//! The description of the routes (OpenAPI 3.1), with what all of them have in common put in once.

use std::sync::LazyLock;

use app::KEY_MAX;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, ObjectBuilder, OpenApi,
        PathItem, Ref, RefOr, Required, ResponseBuilder, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::SchemaFormat,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::TagBuilder,
    },
};

use crate::{GUILD, described};

/// What can go wrong with any route: the status, and what it means.
const PROBLEMS: [(&str, &str); 9] = [
    (
        "400",
        "The request is incomplete: a header is missing, or the path is no text",
    ),
    ("401", "The token is missing or unknown"),
    (
        "403",
        "The token lacks the scope that this needs, or is not the operator's",
    ),
    (
        "404",
        "The bot is not in this server, or what the path names is not there",
    ),
    ("409", "It contradicts what is there by now"),
    ("413", "The body is longer than is read"),
    (
        "422",
        "A value is not acceptable; `pointer` says where it stands",
    ),
    ("500", "A defect; the log has more under `request_id`"),
    ("503", "The database does not answer; try again"),
];

/// What the parts of the description are about.
const TAGS: [(&str, &str); 8] = [
    ("economy", "Accounts, transfers, leaderboard and supply"),
    ("audit", "Why things were done"),
    ("bots", "Personas and their versions"),
    ("moderation", "Rules and cases"),
    ("config", "Settings and their revisions"),
    ("memory", "What is remembered"),
    ("secrets", "Keys that are kept sealed"),
    (
        "operator",
        "The installation as a whole, for the operator's token alone",
    ),
];

/// An answer that is not what was asked for (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct ProblemBody {
    /// Always `about:blank`: the status says which kind.
    r#type: String,
    /// The kind of problem, in words.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong, and what to do.
    detail: String,
    /// Under which id the log has more.
    request_id: Option<String>,
    /// The place of the value that is wrong, as a JSON pointer or the name of a parameter behind a slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
}

static DESCRIPTION: LazyLock<String> = LazyLock::new(|| {
    // A description is a tree of plain values.
    serde_json::to_string(&description()).unwrap_or_default()
});

/// `GET /api/openapi.json`
pub(crate) async fn served() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], DESCRIPTION.as_str()).into_response()
}

/// The description of all routes.
#[must_use]
pub fn description() -> OpenApi {
    let mut api = described().into_openapi();
    api.info = InfoBuilder::new()
        .title("Guildhall")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Everything that the dashboard shows and does. Each write carries an `Idempotency-Key`: sent again with \
             the same key it has no second effect and gets the first answer.",
        ))
        .build();
    let tag = |(name, about)| {
        TagBuilder::new()
            .name(name)
            .description(Some(about))
            .build()
    };
    api.tags = Some(TAGS.map(tag).into());
    add_components(&mut api);
    for (path, item) in &mut api.paths.paths {
        let is_of_a_guild = path.starts_with(GUILD);
        for (method, operation) in operations(item) {
            if is_of_a_guild {
                let parameters = operation.parameters.get_or_insert_default();
                parameters.insert(0, guild_id().into());
            }
            complete(&method, operation);
        }
    }
    api
}

fn add_components(api: &mut OpenApi) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "The operator's token, or one of the server's own (`guildhall token create`), which opens what its scopes \
             say",
        ))
        .build();
    let existing = api.components.take().unwrap_or_default();
    let builder = ComponentsBuilder::from(existing)
        .schema("Problem", ProblemBody::schema())
        .security_scheme("token", SecurityScheme::Http(bearer));
    let problem = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let builder = PROBLEMS
        .into_iter()
        .fold(builder, |builder, (status, about)| {
            let response = ResponseBuilder::new()
                .description(about)
                .content("application/problem+json", problem.clone())
                .build();
            builder.response(format!("Problem{status}"), response)
        });
    api.components = Some(builder.build());
}

fn operations(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    let all = [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ];
    let there =
        |(method, operation): (_, Option<_>)| operation.map(|operation| (method, operation));
    all.into_iter().filter_map(there).collect()
}

/// The key of a write, and everything that can go wrong.
fn complete(method: &HttpMethod, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let tries = operation.operation_id.as_deref() == Some("automod_test");
    if !matches!(method, HttpMethod::Get) && !tries {
        parameters.push(idempotency_key().into());
    }
    for (status, _) in PROBLEMS {
        let name = format!("Problem{status}");
        let response = RefOr::Ref(Ref::from_response_name(name));
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert(response);
    }
}

fn guild_id() -> Parameter {
    let id = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[0-9]{1,20}$"));
    ParameterBuilder::new()
        .name("guild_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The Discord server"))
        .schema(Some(id))
        .build()
}

fn idempotency_key() -> Parameter {
    let key = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("key".to_owned())))
        .pattern(Some("^[!-~]+$"))
        .min_length(Some(1))
        .max_length(Some(KEY_MAX));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("Makes sending it again harmless"))
        .schema(Some(key))
        .build()
}
