//! The models that personas speak through: the configured provider, else the built-in model; watched for `/readyz`.

use std::sync::Arc;

use ai::{Circuit, Kind, Models, Prices};
use kernel::Span;
use llm::{Providers, Shared, SharedError, Wiring};

use crate::{
    config::{AiConfig, AiKind},
    failure::Failure,
    health::{Gate, Part},
    running::Footing,
};

const MODEL: &str = "GUILDHALL_AI_MODEL";
const BASE_URL: &str = "GUILDHALL_AI_BASE_URL";
/// How often the circuits are looked at.
const LOOK: Span = Span::seconds(1);

/// The models as they are configured.
///
/// # Errors
/// When the address or the model's name is none.
pub(super) fn prepare(footing: &Footing) -> Result<Arc<dyn Models>, Failure> {
    llm::describe();
    let shared = shared(&footing.config.ai)?;
    let wiring = Wiring::new(
        &http_out::Settings::default(),
        Arc::clone(&footing.clock),
        Arc::clone(&footing.chance),
        Prices::listed(),
    )
    .map_err(anyhow::Error::from)?;
    let providers = Providers::new(&shared, wiring).map_err(|error| refused(&error))?;
    let models: Arc<dyn Models> = Arc::new(providers);
    if !shared.is_empty() {
        let part = footing.health.part("models", Gate::Open);
        let ended = footing.ending.token().clone();
        let watched = Arc::clone(&models);
        footing.tasks.spawn(async move {
            tokio::select! {
                () = watch(watched, part) => {}
                () = ended.cancelled() => {}
            }
        });
    }
    Ok(models)
}

fn shared(config: &AiConfig) -> Result<Vec<Shared>, Failure> {
    let kind = match config.kind {
        AiKind::Offline => return Ok(Vec::new()),
        AiKind::Openai => Kind::Openai,
        AiKind::Anthropic => Kind::Anthropic,
        AiKind::Gemini => Kind::Gemini,
    };
    let Some(model) = config.model.clone() else {
        let why = format!("it is missing, and `{}` needs one", kind.name());
        return Err(Failure::setting(MODEL, why, "name the provider's model"));
    };
    Ok(vec![Shared {
        kind,
        base_url: config.base_url.as_ref().map(|url| url.as_str().to_owned()),
        key: config.api_key.clone(),
        model,
    }])
}

fn refused(error: &SharedError) -> Failure {
    match error {
        SharedError::Address(_) => {
            let fix = "write the address as the vendor's own library takes it";
            Failure::setting(BASE_URL, error.to_string(), fix)
        }
        SharedError::Model(_) => {
            Failure::setting(MODEL, error.to_string(), "name the provider's model")
        }
    }
}

/// A provider that is left alone degrades: personas say so, and everything else goes on.
async fn watch(models: Arc<dyn Models>, part: Part) {
    loop {
        let circuits = models.circuits();
        let open = circuits
            .iter()
            .find(|(_, circuit)| *circuit == Circuit::Open);
        match open {
            Some((provider, _)) => part.degraded(format!(
                "the model provider `{provider}` fails and is left alone for a while; personas say so"
            )),
            None => part.ready(),
        }
        tokio::time::sleep(LOOK.to_std()).await;
    }
}
