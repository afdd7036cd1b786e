//! Which crate may import which: the layers of ARCHITECTURE.md as a table.
//!
//! Cargo holds that there is no cycle; this holds the direction, and that each outside library with
//! a network, a disk or a Discord in it stays in its one place. A new edge in the graph is a
//! decision: half a page in `docs/decisions/`, then a line here.

use crate::tree::Problem;

/// A crate of the workspace, as Cargo sees it.
#[derive(Clone, Debug)]
pub struct Crate {
    pub name: String,
    /// The folder, as in `crates/contexts/economy`.
    pub folder: String,
    pub needs: Vec<Need>,
}

/// Something a crate imports.
#[derive(Clone, Debug)]
pub struct Need {
    pub name: String,
    /// Whether it is a crate of the workspace.
    pub ours: bool,
    pub tests_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Kernel,
    Port,
    Context,
    App,
    Adapter,
    Edge,
    Top,
    /// The simulated Discord: answers from Discord's documents, so it shares nothing with the bot.
    Sim,
    Dev,
}

/// Outside libraries that only some crates may import, by the start of their names.
/// Tests may use those that are marked so.
const FENCES: [(&str, &[&str], bool); 19] = [
    ("twilight-", &["discord", "bench"], false),
    ("libsql", &["store-libsql", "bench"], false),
    ("tokio-postgres", &["store-postgres", "bench"], false),
    ("postgres-protocol", &["store-postgres"], false),
    ("redis", &["bus-redis", "bench"], false),
    ("reqwest", &["http"], false),
    ("hyper", &["http", "server"], false),
    ("axum", &["web", "rest", "sim", "server"], true),
    ("tonic", &["grpc"], true),
    ("tokio-tungstenite", &["bench"], true),
    ("rustls", &["http", "store-postgres", "server"], false),
    ("clap", &["server", "bench"], false),
    ("anyhow", &["server", "bench", "testkit"], false),
    ("tracing-subscriber", &["server"], true),
    ("metrics-exporter-", &["server"], true),
    ("mimalloc", &["server"], false),
    ("resvg", &["pictures"], false),
    ("skrifa", &["pictures"], false),
    ("proptest", &[], true),
];

/// Ports that may know another one: `pictures` draws what `chat` describes, and is used by adapters alone.
const BESIDE: [(&str, &str); 1] = [("pictures", "chat")];

/// What waits has no place below the application: contexts and ports are synchronous.
const WAITS: [&str; 4] = ["tokio", "tokio-util", "tower", "tower-http"];

/// Imports that the table does not allow.
#[must_use]
pub fn imports(crates: &[Crate]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for own in crates {
        let Some(layer) = layer(&own.folder) else {
            problems.push(problem(
                own,
                "lies in no known layer; see ARCHITECTURE.md".to_owned(),
            ));
            continue;
        };
        for need in &own.needs {
            let wrong = if need.ours {
                ours(own, layer, need, crates)
            } else {
                outside(own, layer, need)
            };
            problems.extend(wrong.map(|what| problem(own, what)));
        }
    }
    problems
}

fn problem(own: &Crate, what: String) -> Problem {
    Problem::new(&format!("{}/Cargo.toml", own.folder), 1, what)
}

fn layer(folder: &str) -> Option<Layer> {
    Some(match folder.strip_prefix("crates/")? {
        "foundation/kernel" => Layer::Kernel,
        "app" => Layer::App,
        "sim" => Layer::Sim,
        "server" | "bench" => Layer::Top,
        other => match other.split_once('/')?.0 {
            "foundation" => Layer::Port,
            "contexts" => Layer::Context,
            "adapters" => Layer::Adapter,
            "edges" => Layer::Edge,
            "dev" => Layer::Dev,
            _ => return None,
        },
    })
}

fn ours(own: &Crate, layer: Layer, need: &Need, crates: &[Crate]) -> Option<String> {
    let found = crates.iter().find(|other| other.name == need.name)?;
    let target = self::layer(&found.folder)?;
    let allowed = match target {
        // The harness is for tests; `bench` starts the same private servers.
        Layer::Dev => need.name == "testkit" && (need.tests_only || own.name == "bench"),
        Layer::Top => own.name == "server" && need.name == "bench",
        Layer::Sim => layer == Layer::Top || need.tests_only,
        _ => {
            may(layer, target) && draws(layer, &need.name)
                || BESIDE.contains(&(own.name.as_str(), need.name.as_str()))
                || layer == Layer::Adapter && need.name == "http"
                || need.tests_only && in_tests(layer, target)
        }
    };
    (!allowed).then(|| {
        format!(
            "`{}` ({layer:?}) may not import `{}` ({target:?})",
            own.name, need.name
        )
    })
}

fn may(layer: Layer, target: Layer) -> bool {
    match layer {
        Layer::Kernel => false,
        Layer::Port => target == Layer::Kernel,
        Layer::Context => target <= Layer::Port,
        Layer::App | Layer::Adapter => target <= Layer::Context,
        Layer::Edge => target <= Layer::App,
        Layer::Top => true,
        Layer::Sim => target == Layer::Kernel,
        // The harness opens real stores.
        Layer::Dev => target <= Layer::Port || target == Layer::Adapter,
    }
}

/// Whether pictures are drawn at this layer: a context describes them, and no transaction waits for one.
fn draws(layer: Layer, name: &str) -> bool {
    name != "pictures" || matches!(layer, Layer::Adapter | Layer::Top | Layer::Edge)
}

/// What tests may import beyond the rest: the application, edges and adapters run on real stores.
fn in_tests(layer: Layer, target: Layer) -> bool {
    layer >= Layer::App && layer != Layer::Sim && target == Layer::Adapter
}

fn outside(own: &Crate, layer: Layer, need: &Need) -> Option<String> {
    let fence = FENCES
        .iter()
        .find(|(start, _, _)| starts(&need.name, start));
    if let Some((start, places, tests)) = fence {
        let here = places.contains(&own.name.as_str()) || layer == Layer::Dev;
        let allowed = here || *tests && need.tests_only;
        return (!allowed).then(|| {
            format!(
                "`{}`: `{start}…` is only for {}",
                need.name,
                places.join(", ")
            )
        });
    }
    let waits = WAITS.contains(&need.name.as_str()) && !need.tests_only && layer <= Layer::Context;
    waits.then(|| format!("`{}`: {layer:?} waits for nothing", need.name))
}

/// `rustls` means that crate; `twilight-` means all that begin so.
fn starts(name: &str, start: &str) -> bool {
    name == start
        || name
            .strip_prefix(start)
            .is_some_and(|rest| start.ends_with('-') || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::{Crate, Need, imports};

    fn workspace(own: (&str, &str), needs: &[(&str, bool)]) -> Vec<Crate> {
        let folders = [
            ("kernel", "crates/foundation/kernel"),
            ("store", "crates/foundation/store"),
            ("chat", "crates/foundation/chat"),
            ("pictures", "crates/foundation/pictures"),
            ("economy", "crates/contexts/economy"),
            ("games", "crates/contexts/games"),
            ("app", "crates/app"),
            ("http", "crates/adapters/http"),
            ("discord", "crates/adapters/discord"),
            ("store-libsql", "crates/adapters/store-libsql"),
            ("rest", "crates/edges/rest"),
            ("sim", "crates/sim"),
            ("bench", "crates/bench"),
            ("testkit", "crates/dev/testkit"),
        ];
        let names: Vec<&str> = folders.iter().map(|(name, _)| *name).collect();
        let needs = needs.iter().map(|(name, tests_only)| Need {
            name: (*name).to_owned(),
            ours: names.contains(name),
            tests_only: *tests_only,
        });
        let mut crates = vec![Crate {
            name: own.0.to_owned(),
            folder: own.1.to_owned(),
            needs: needs.collect(),
        }];
        crates.extend(
            folders
                .iter()
                .filter(|(name, _)| *name != own.0)
                .map(|(name, folder)| Crate {
                    name: (*name).to_owned(),
                    folder: (*folder).to_owned(),
                    needs: Vec::new(),
                }),
        );
        crates
    }

    fn wrong(own: (&str, &str), needs: &[(&str, bool)]) -> usize {
        imports(&workspace(own, needs)).len()
    }

    const ECONOMY: (&str, &str) = ("economy", "crates/contexts/economy");

    #[test]
    fn a_context_knows_the_ports_and_its_tests_the_harness() {
        assert_eq!(
            wrong(
                ECONOMY,
                &[
                    ("kernel", false),
                    ("store", false),
                    ("testkit", true),
                    ("tokio", true)
                ]
            ),
            0
        );
    }

    #[test]
    fn a_context_knows_no_other_no_adapter_and_waits_for_nothing() {
        let bad = [
            ("games", false),
            ("store-libsql", true),
            ("tokio", false),
            ("libsql", true),
            ("testkit", false),
        ];
        assert_eq!(wrong(ECONOMY, &bad), bad.len());
    }

    #[test]
    fn adapters_know_contexts_and_the_one_outbound_client() {
        let discord = ("discord", "crates/adapters/discord");
        assert_eq!(
            wrong(
                discord,
                &[
                    ("economy", false),
                    ("http", false),
                    ("twilight-model", false),
                    ("sim", true)
                ]
            ),
            0
        );
        assert_eq!(
            wrong(
                discord,
                &[("app", false), ("store-libsql", false), ("reqwest", false)]
            ),
            3
        );
    }

    #[test]
    fn the_simulator_knows_the_kernel_alone() {
        let sim = ("sim", "crates/sim");
        assert_eq!(
            wrong(
                sim,
                &[
                    ("kernel", false),
                    ("axum", false),
                    ("tokio-tungstenite", true)
                ]
            ),
            0
        );
        assert_eq!(
            wrong(
                sim,
                &[
                    ("economy", false),
                    ("discord", true),
                    ("twilight-model", true)
                ]
            ),
            3
        );
    }

    #[test]
    fn edges_know_the_application_and_no_adapter() {
        let rest = ("rest", "crates/edges/rest");
        assert_eq!(
            wrong(
                rest,
                &[("app", false), ("axum", false), ("store-libsql", true)]
            ),
            0
        );
        assert_eq!(
            wrong(
                rest,
                &[("store-libsql", false), ("bench", false), ("libsql", false)]
            ),
            3
        );
    }

    #[test]
    fn pictures_are_described_below_and_drawn_at_the_rim() {
        let pictures = ("pictures", "crates/foundation/pictures");
        assert_eq!(wrong(pictures, &[("chat", false), ("resvg", false)]), 0);
        assert_eq!(wrong(pictures, &[("store", false)]), 1);
        let discord = ("discord", "crates/adapters/discord");
        assert_eq!(wrong(discord, &[("pictures", false), ("resvg", false)]), 1);
        assert_eq!(wrong(ECONOMY, &[("pictures", false)]), 1);
        assert_eq!(wrong(("app", "crates/app"), &[("pictures", false)]), 1);
    }

    #[test]
    fn a_crate_has_a_layer() {
        assert_eq!(wrong(("stray", "crates/stray"), &[]), 1);
    }
}
