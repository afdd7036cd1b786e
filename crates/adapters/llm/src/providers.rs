//! All models there are: the operator's, shared, and the owners' own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use ai::{
    BreakerPolicy, By, Condition, Kind, Model, Models, Offline, Own, OwnError, Price, Prices,
    is_model_name,
};
use http_out::{BuildError, Client};
use kernel::{Chance, Clock, GuildId};
use secrecy::SecretString;

use crate::{chain::Chain, circuit::Circuit, meters, remote::Remote, wire::Place};

/// The most circuits of owners' providers that are remembered.
const OWN_CIRCUITS_MAX: usize = 4_096;

/// A provider of the operator's.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Its wire format.
    pub kind: Kind,
    /// Where it is, as the vendor's own SDK takes it; the vendor's own address where missing.
    pub base_url: Option<String>,
    /// The key, where it wants one.
    pub key: Option<SecretString>,
    /// Which model.
    pub model: String,
}

/// What is needed to ask anybody.
#[derive(Debug, Clone)]
pub struct Wiring {
    /// For the operator's addresses.
    pub client: Client,
    /// For owners' addresses.
    pub owners: Client,
    /// The clock of circuits.
    pub clock: Arc<dyn Clock>,
    /// The chance in pauses.
    pub chance: Arc<dyn Chance>,
    /// What models cost.
    pub prices: Arc<Prices>,
    /// When a circuit opens.
    pub policy: BreakerPolicy,
}

/// Why a provider of the operator's can't be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharedError {
    /// The address is none.
    #[error("the address of the provider can't be read: {0}")]
    Address(String),
    /// The model's name is none.
    #[error("`{0}` is no model's name: write 1 to 100 letters, digits and . _ : / @ -")]
    Model(String),
}

/// All models there are.
#[derive(Debug)]
pub struct Providers {
    wiring: Wiring,
    shared: Arc<dyn Model>,
    shared_model: String,
    circuits: Vec<SharedCircuit>,
    own: Mutex<HashMap<OwnKey, Arc<Circuit>>>,
}

/// A provider of the operator's, and its circuit.
#[derive(Debug)]
struct SharedCircuit {
    label: String,
    model: String,
    circuit: Arc<Circuit>,
}

/// Whose circuit: a guild's bad key says nothing about another's.
type OwnKey = (GuildId, Kind, String);

impl Wiring {
    /// With clients of its own and the usual policy.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(
        settings: &http_out::Settings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        prices: Prices,
    ) -> Result<Self, BuildError> {
        Ok(Self {
            client: Client::new(settings)?,
            owners: Client::for_owners(settings)?,
            clock,
            chance,
            prices: Arc::new(prices),
            policy: BreakerPolicy::default(),
        })
    }
}

impl Providers {
    /// These providers of the operator's, in the order in which they are asked; the built-in model where there is none.
    ///
    /// # Errors
    /// When an address or a model's name is none.
    pub fn new(shared: &[Shared], wiring: Wiring) -> Result<Self, SharedError> {
        let mut links: Vec<Arc<dyn Model>> = Vec::new();
        let mut circuits = Vec::new();
        for (place, provider) in shared.iter().enumerate() {
            if provider.kind == Kind::Offline {
                links.push(Arc::new(Offline));
                continue;
            }
            // Two of a kind are told apart by their place.
            let label = match place {
                0 => provider.kind.name().to_owned(),
                _ => format!("{}-{}", provider.kind.name(), place + 1),
            };
            let circuit = wiring.circuit(Some(label.clone()));
            meters::circuit(&label, ai::Circuit::Closed);
            circuits.push(SharedCircuit {
                label: label.clone(),
                model: provider.model.clone(),
                circuit: circuit.clone(),
            });
            links.push(Arc::new(wiring.shared(provider, label, circuit)?));
        }
        let shared_model = dearest(shared, &wiring.prices);
        let shared: Arc<dyn Model> = match links.len() {
            0 => Arc::new(Offline),
            1 => links.remove(0),
            _ => Arc::new(Chain(links)),
        };
        Ok(Self {
            wiring,
            shared,
            shared_model,
            circuits,
            own: Mutex::new(HashMap::new()),
        })
    }

    fn own_circuit(&self, key: OwnKey) -> Arc<Circuit> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.len() >= OWN_CIRCUITS_MAX && !own.contains_key(&key) {
            // Whoever is forgotten is only asked once more than it should be.
            own.retain(|_, circuit| circuit.state() != ai::Circuit::Closed);
            if own.len() >= OWN_CIRCUITS_MAX {
                own.clear();
            }
        }
        let circuit = own.entry(key).or_insert_with(|| self.wiring.circuit(None));
        circuit.clone()
    }
}

impl Models for Providers {
    fn shared(&self) -> Arc<dyn Model> {
        self.shared.clone()
    }

    fn shared_model(&self) -> String {
        self.shared_model.clone()
    }

    fn own(&self, guild: GuildId, own: &Own) -> Result<Arc<dyn Model>, OwnError> {
        if own.kind == Kind::Offline {
            return Ok(Arc::new(Offline));
        }
        let base = base(own.kind, own.base_url.as_deref());
        let refused = |reason| OwnError { reason };
        let checked = self.wiring.owners.check(&base);
        checked.map_err(|error| refused(error.to_string()))?;
        if !is_model_name(&own.model) {
            return Err(refused(format!("`{}` is no model's name", own.model)));
        }
        let circuit = self.own_circuit((guild, own.kind, base.clone()));
        let place = Place {
            kind: own.kind,
            base,
            model: own.model.clone(),
            key: Some(own.key.clone()),
        };
        let label = format!("own-{}", own.kind.name());
        let client = self.wiring.owners.clone();
        Ok(Arc::new(self.wiring.remote(label, place, client, circuit)))
    }

    fn circuits(&self) -> Vec<(String, ai::Circuit)> {
        let state = |one: &SharedCircuit| (one.label.clone(), one.circuit.state());
        self.circuits.iter().map(state).collect()
    }

    fn conditions(&self) -> Vec<Condition> {
        let told = |one: &SharedCircuit| one.circuit.condition(&one.label, &one.model);
        self.circuits.iter().map(told).collect()
    }
}

impl Wiring {
    fn circuit(&self, shown: Option<String>) -> Arc<Circuit> {
        Arc::new(Circuit::new(self.policy, self.clock.clone(), shown))
    }

    fn shared(
        &self,
        provider: &Shared,
        label: String,
        circuit: Arc<Circuit>,
    ) -> Result<Remote, SharedError> {
        let base = base(provider.kind, provider.base_url.as_deref());
        let checked = self.client.check(&base);
        checked.map_err(|error| SharedError::Address(error.to_string()))?;
        if !is_model_name(&provider.model) {
            return Err(SharedError::Model(provider.model.clone()));
        }
        let place = Place {
            kind: provider.kind,
            base,
            model: provider.model.clone(),
            key: provider.key.clone(),
        };
        Ok(self.remote(label, place, self.client.clone(), circuit))
    }

    fn remote(&self, label: String, place: Place, client: Client, circuit: Arc<Circuit>) -> Remote {
        Remote {
            by: By {
                provider: label,
                model: place.model.clone(),
            },
            place,
            client,
            circuit,
            prices: self.prices.clone(),
            chance: self.chance.clone(),
        }
    }
}

fn base(kind: Kind, given: Option<&str>) -> String {
    let base = given.unwrap_or_else(|| Place::vendor(kind));
    base.trim().trim_end_matches('/').to_owned()
}

/// The dearest model of a chain: what is set aside must do for whichever answers.
fn dearest(shared: &[Shared], prices: &Prices) -> String {
    let whole = |price: Price| price.input.saturating_add(price.output);
    let names = shared.iter().map(|provider| match provider.kind {
        Kind::Offline => "offline",
        Kind::Openai | Kind::Anthropic | Kind::Gemini => provider.model.as_str(),
    });
    let dearest = names.max_by_key(|model| whole(prices.of(model)));
    dearest.unwrap_or("offline").to_owned()
}
